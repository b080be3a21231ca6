/**
 * Writes docs/registries.md from the table in src/registries/registry-knowledge.ts:
 *
 *     npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTRIES, RegistryKnowledge } from '../src/registries/registry-knowledge';

const INTRODUCTION = `<!-- Generated from src/registries/registry-knowledge.ts. Edit that file, then run: npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts -->

# Registries

How to get a credential that can pull images and do nothing else, for each registry that the library knows, and what to store of it.

Amazon ECS reads the credential from a secret in AWS Secrets Manager, which is a JSON object with the keys \`username\` and \`password\`. \`npx cdk-private-registry secret-json\` prints this JSON with everything escaped that has to be, and \`npx cdk-private-registry check\` tries a credential before you store it.

Whatever the registry:

- Use an account that belongs to no person. When a person leaves, so does their token.
- Let it pull only, and only the repositories you deploy.
- Note when it expires. ECS pulls at every start of a task: an expired token shows at the next scale-out or replacement, not while the tasks run.`;

const OVERVIEW = `## Overview

"Pull-through cache" says whether the pull-through cache of Amazon ECR can fetch private images of the registry. "IPv6" says whether the registry can be reached over it.

| Registry | Host | \`username\` | \`password\` | Expiry | Pull-through cache | IPv6 |
| --- | --- | --- | --- | --- | --- | --- |`;

const PROVIDERS = `## Providers

The library finds the provider by the host of the image. Name it where a host can't tell: for a self-managed GitLab, a Harbor or a Nexus, or an Artifactory on your own host.

\`\`\`ts
new PrivateRegistryImage('harbor.example.com/acme/api:1.4.2', {
  provider: RegistryProvider.harbor('harbor.example.com'),
  credentials: RegistryCredentials.fromSecretName('harbor-pull'),
});
\`\`\`

Providers that take a host take these options too:

- \`authHost\`: the host that issues tokens, if it isn't the registry. The pull check sends credentials to this host and to the registry, and to no other.
- \`aliases\`: other hosts that the same registry is reached by.
- \`internal: true\`: the registry is reached inside the VPC. There is no warning about subnets without a way to the internet, and one if the pull check is not in a VPC: set \`pullCheck.vpc\`.
- \`restrictedNetwork: true\`: the registry admits only some addresses. If the pull check comes from another one, the answer 403 doesn't fail the deployment.`;

const SOURCES = `## What this rests on

The documentation of the registries and of AWS, the source code of the registries that publish it, and in a few places what users reported, as of November 2026. Nothing was asked of the live registries, and they change. The pull check asks the real one when you deploy a new image.`;

export function renderRegistriesDoc(): string {
  return [
    INTRODUCTION,
    [OVERVIEW, ...REGISTRIES.map(row)].join('\n'),
    PROVIDERS,
    ...REGISTRIES.map(section),
    SOURCES,
  ].join('\n\n') + '\n';
}

function row(registry: RegistryKnowledge): string {
  const cells = [
    `[${registry.label}](#${anchor(registry.label)})`,
    registry.hostForm ?? code(registry.hosts[0]),
    registry.username,
    registry.password,
    registry.expiry,
    pullThroughCache(registry),
    ipv6(registry),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function section(registry: RegistryKnowledge): string {
  const { provider, username, password } = registry.example;
  return [
    `## ${registry.label}`,
    hosts(registry),
    registry.steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    'The secret:',
    fenced('json', `{ "username": ${JSON.stringify(username)}, "password": ${JSON.stringify(password)} }`),
    list([
      `\`username\`: ${registry.username}`,
      `\`password\`: ${registry.password}`,
      `expiry: ${registry.expiry}`,
    ]),
    'The provider:',
    fenced('ts', provider),
    'What does not work:',
    list(registry.doesNotWork),
    ...registry.notes ?? [],
    `Documentation: ${registry.documentation.map((url) => `<${url}>`).join(', ')}`,
  ].join('\n\n');
}

function hosts(registry: RegistryKnowledge): string {
  const [host, ...others] = registry.hosts;
  const text = registry.hostForm ?? code(host) + (others.length ? `, also ${others.map(code).join(', ')}` : '');
  const tokens = registry.authHost ? `. The tokens come from ${code(registry.authHost)}` : '';
  return `Host: ${text}${tokens}.`;
}

function pullThroughCache(registry: RegistryKnowledge): string {
  if (registry.pullThroughCache === 'public') {
    return 'public images only';
  }
  return registry.pullThroughCache === 'private' ? 'yes' : 'no';
}

function ipv6(registry: RegistryKnowledge): string {
  if (registry.ipv6 === undefined) {
    return 'not known';
  }
  return registry.ipv6 ? 'yes' : 'no';
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
}

function code(text: string): string {
  return `\`${text}\``;
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

if (require.main === module) {
  writeFileSync(join(__dirname, '..', 'docs', 'registries.md'), renderRegistriesDoc());
}
