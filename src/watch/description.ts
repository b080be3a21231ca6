import { isUnknown } from '../private/tokens';
import { PullCheck } from '../pull-check/shared-check';
import { ImageReference } from '../reference/image-reference';
import { CUSTOM } from '../registries/custom';
import { registryOfHost, registryOfKey } from '../registries/registries';

/** Of CloudWatch. */
const LONGEST = 1_024;
/** As long as the ARN of a secret, which is the longest of the usual tokens. */
const TOKEN = 'x'.repeat(120);
const PAGES = 'https://github.com/cdk-private-registry/cdk-private-registry/blob/main/docs/registries.md';

/**
 * The description of an alarm: what is wrong, the secrets and their registries, where to get new credentials, and how to store them. As
 * many secrets as there is room for.
 */
export function alarmDescription(reason: string, checks: readonly PullCheck[]): string {
  const logins = [...new Set(checks.map(loginOf))];
  for (let count = logins.length; count > 0; count--) {
    const others = logins.length === count ? '' : ` (and ${logins.length - count} more)`;
    const text = `${reason} Credentials: ${logins.slice(0, count).join('; ')}${others}. ${storing(checks[0], logins.length)}`;
    if (lengthOf(text) <= LONGEST) {
      return text;
    }
  }
  return reason;
}

function loginOf({ properties: { Image, Secret, Registry } }: PullCheck): string {
  const host = isUnknown(Image) ? undefined : ImageReference.parse(Image as string).host;
  const registry = registryOfKey(Registry as string) ?? registryOfHost(host ?? '') ?? CUSTOM;
  return `secret ${Secret as string} for ${host ?? registry.label}, get new ones as in ${PAGES}#${anchor(registry.label)}`;
}

function storing({ properties: { Secret } }: PullCheck, logins: number): string {
  const secret = logins === 1 ? Secret as string : 'SECRET';
  return 'To store them and keep the other keys of the secret: REGISTRY_PASSWORD=... npx cdk-private-registry secret-json '
    + `--update <(aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text) `
    + `| aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file:///dev/stdin`;
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
}

function lengthOf(text: string): number {
  return text.replace(/\$\{Token\[[^\]]*\]\}/g, TOKEN).length;
}
