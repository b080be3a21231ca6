/**
 * Generates docs/registries.md from src/registries/:
 *
 *     npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Guide } from '../src/registries/guides/guide';
import { GUIDES } from '../src/registries/guides/guides';
import { Registry } from '../src/registries/registry';

const INTRODUCTION = `<!-- Generated from src/registries/ and src/registries/guides/. Edit the files there, then run: npx ts-node --project tsconfig.dev.json scripts/registries-doc.ts -->

# Registries

How to get credentials that can pull images and nothing else, for each registry that the library knows, and how to store them.

Amazon ECS reads the credentials from a secret in AWS Secrets Manager: a JSON object with the keys \`username\` and \`password\`. \`npx cdk-private-registry secret-json\` prints this JSON correctly escaped, and \`npx cdk-private-registry check\` tries credentials before you store them.

For every registry:

- Use a machine account. When a person leaves, their token stops working.
- Allow it to pull only, and only the repositories you deploy.
- Note when the credentials expire. ECS pulls at every start of a task, so expired credentials fail at the next scale-out or replacement, not while the tasks run. [rotation.md](rotation.md) explains how to know in time, and how to replace a token without a gap.`;

const OVERVIEW = `## Overview

"Pull-through cache": whether the pull-through cache of Amazon ECR can fetch private images of the registry. "IPv6": whether the registry is reachable over IPv6.

| Registry | Host | \`username\` | \`password\` | Expiry | Pull-through cache | IPv6 |
| --- | --- | --- | --- | --- | --- | --- |`;

const PROVIDERS = `## Providers

The library finds the provider by the host of the image. Set \`provider\` where that is not possible: for a self-managed GitLab, a GitHub Enterprise Server, Gitea, Harbor or Nexus, or for Artifactory on your own host.

\`\`\`ts
new PrivateRegistryImage('harbor.example.com/acme/api:1.4.2', {
  provider: RegistryProvider.harbor('harbor.example.com'),
  credentials: RegistryCredentials.fromSecretName('harbor-pull'),
});
\`\`\`

Providers with a host of your choice accept these options:

- \`authHost\`: the host that issues tokens, if it isn't the registry. The pull check sends credentials to this host and to the registry, and to no other.
- \`aliases\`: other host names of the same registry.
- \`privateNetwork: true\`: the tasks reach the registry inside the VPC. There is no warning about subnets without a route to the internet, but there is one if the pull check is not in a VPC: set \`pullCheck.vpc\`.

If a registry admits only some IP addresses, set \`pullCheck.restrictedNetwork: true\`. If the pull check comes from another address, the answer 403 then doesn't fail the deployment.`;

const SOURCES = `## Sources

The documentation of the registries and of AWS, the source code of the registries that publish it, and in a few places reports of users, as of November 2026. No live registry was queried, and registries change. The pull check asks the real one when you deploy a new image.`;

export function renderRegistriesDoc(): string {
  return [
    INTRODUCTION,
    [OVERVIEW, ...GUIDES.map(row)].join('\n'),
    PROVIDERS,
    ...GUIDES.map(section),
    SOURCES,
  ].join('\n\n') + '\n';
}

function row({ registry, expiry, pullThroughCache, ipv6 }: Guide): string {
  const cells = [
    `[${registry.label}](#${anchor(registry.label)})`,
    registry.hostForm ?? code(registry.hosts[0]),
    registry.usernameHint,
    registry.passwordHint,
    expiry,
    pullThroughCache === 'public images' ? 'public images only' : yesOrNo(pullThroughCache !== undefined),
    ipv6 === undefined ? 'not known' : yesOrNo(ipv6),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function section({ registry, expiry, steps, doesNotWork, notes = [], documentation, example }: Guide): string {
  return [
    `## ${registry.label}`,
    hosts(registry),
    steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    'The secret:',
    fenced('json', `{ "username": ${JSON.stringify(example.username)}, "password": ${JSON.stringify(example.password)} }`),
    list([
      `\`username\`: ${registry.usernameHint}`,
      `\`password\`: ${registry.passwordHint}`,
      `expiry: ${expiry}`,
      ...registry.expiryQuestion ? [`the pull check [asks when](rotation.md#when-does-it-expire) a token \`${registry.expiryQuestion.tokenPrefix}...\` expires`] : [],
    ]),
    'The provider:',
    fenced('ts', example.provider),
    'What does not work:',
    list(doesNotWork),
    ...notes,
    `Documentation: ${documentation.map((url) => `<${url}>`).join(', ')}`,
  ].join('\n\n');
}

function hosts(registry: Registry): string {
  const [host, ...others] = registry.hosts;
  const text = registry.hostForm ?? code(host) + (others.length ? `, also ${others.map(code).join(', ')}` : '');
  const tokenHost = registry.authHostForm ?? (registry.authHost && code(registry.authHost));
  const tokens = tokenHost ? `. The tokens come from ${tokenHost}` : '';
  return `Host: ${text}${tokens}.`;
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
}

function code(text: string): string {
  return `\`${text}\``;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

if (require.main === module) {
  writeFileSync(join(__dirname, '..', 'docs', 'registries.md'), renderRegistriesDoc());
}
