import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { ifCreated } from '../private/late-condition';
import { isUnknown } from '../private/tokens';
import { PullCheck } from '../pull-check/shared-check';
import { ImageReference } from '../reference/image-reference';
import { CUSTOM } from '../registries/custom';
import { registryOfHost, registryOfKey } from '../registries/registries';

/** Of CloudWatch. */
const LONGEST = 1_024;
/** Of the ARN of a secret to which CloudFormation gives a name, beside its logical id, and of any other token. */
const ARN = 75;
const SHORTEST_TOKEN = 150;
/** In place of its name. */
const SECRET = 'SECRET';
const PAGES = 'https://github.com/cdk-private-registry/cdk-private-registry/blob/main/docs/registries.md';

/**
 * The description of an alarm: what is wrong, the secrets and their registries, where to get new credentials, and how to store them. As
 * many secrets as there is room for. To be asked when the template is made.
 */
export function alarmDescription(scope: IConstruct, reason: string, checks: readonly PullCheck[]): string {
  // A reference under a condition is another text each time.
  const distinct = new Map([...checks].reverse().map((check) => [loginOf(check, check.properties.Secret as string), check]));
  const logins = [...distinct.values()].reverse().map((check) => loginOf(check, secretOf(check)));
  if (logins.length === 0) {
    return reason;
  }
  const secret = logins.length === 1 ? secretOf(checks[0]) : SECRET;
  const texts = logins.map((_, index) => `${reason} ${listed(logins, logins.length - index)} ${storing(secret)}`);
  texts.push(`${reason} ${listed(logins, 1)} ${storing(SECRET)}`);
  return texts.find((text) => lengthOf(scope, text) <= LONGEST) ?? `${reason} ${storing(SECRET)}`;
}

function listed(logins: readonly string[], count: number): string {
  const others = logins.length === count ? '' : ` (and ${logins.length - count} more)`;
  return `Credentials: ${logins.slice(0, count).join('; ')}${others}.`;
}

function secretOf({ node, properties: { Secret } }: PullCheck): string {
  return isUnknown(Secret) ? ifCreated(node.defaultChild as CfnResource, Secret as string, SECRET) : Secret as string;
}

function loginOf({ properties: { Image, Registry } }: PullCheck, secret: string): string {
  const host = isUnknown(Image) ? undefined : ImageReference.parse(Image as string).host;
  const registry = registryOfKey(Registry as string) ?? registryOfHost(host ?? '') ?? CUSTOM;
  return `secret ${secret} for ${host ?? registry.label}, get new ones as in ${PAGES}#${anchor(registry.label)}`;
}

function storing(secret: string): string {
  return 'To store them and keep the other keys of the secret: REGISTRY_PASSWORD=... npx cdk-private-registry secret-json '
    + `--update <(aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text) `
    + `| aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file:///dev/stdin`;
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
}

/** The length that the text is likely to have when it is deployed. */
function lengthOf(scope: IConstruct, text: string): number {
  const resolved = Stack.of(scope).resolve(text);
  const parts: unknown[] = resolved['Fn::Join']?.[1] ?? [resolved];
  return parts.map((part) => (typeof part === 'string' ? part.length : Math.max(SHORTEST_TOKEN, ARN + JSON.stringify(part).length)))
    .reduce((sum, length) => sum + length, 0);
}
