import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Cloud } from './cloud';
import { FailedStep } from './ecs-agent';
import { json } from './given';
import { PULLER } from './internet';

/** Values as people store them, by a name for each, the verdict that the check has to give, and where the agent fails, if it does. */
export const DOUBTFUL: Record<string, [value: string | Uint8Array, verdict: string, failed?: FailedStep]> = {
  KeysInOtherCase: [JSON.stringify({ UserName: PULLER.username, PASSWORD: PULLER.password }), 'OK'],
  OtherKeysBesides: [JSON.stringify({ auths: {}, email: 7, username: PULLER.username, password: PULLER.password }), 'OK'],
  LastOfTwo: [JSON.stringify({ username: 'nobody', Username: PULLER.username, password: PULLER.password }), 'OK'],
  KeysOfAnotherTool: [JSON.stringify({ user: PULLER.username, pass: PULLER.password }), 'SECRET_MALFORMED', 'decode the secret'],
  NumberFirst: [JSON.stringify({ username: PULLER.username, Password: 4711, password: PULLER.password }), 'SECRET_MALFORMED', 'decode the secret'],
  DockerConfiguration: [JSON.stringify({ auths: { 'ghcr.io': { auth: Buffer.from(`${PULLER.username}:${PULLER.password}`).toString('base64') } } }), 'SECRET_MALFORMED', 'decode the secret'],
  TokenAlone: [PULLER.password, 'SECRET_MALFORMED', 'decode the secret'],
  NotEscaped: [`{"username":"${PULLER.username}","password":"${PULLER.password}"}`, 'SECRET_MALFORMED', 'decode the secret'],
  NoPassword: [JSON.stringify({ username: PULLER.username, password: '' }), 'SECRET_EMPTY', 'decode the secret'],
  Binary: [Buffer.from(json(PULLER)), 'SECRET_MALFORMED', 'decode the secret'],
  StillThePlaceholder: ['{"username":"REPLACE-ME","password":"REPLACE-ME"}', 'SECRET_PLACEHOLDER', 'pull the image'],
  OldPassword: [JSON.stringify({ username: PULLER.username, password: 'was-rotated' }), 'CREDENTIALS_REJECTED', 'pull the image'],
  Stranger: [JSON.stringify({ username: 'stranger', password: 'str4nger-Pa55' }), 'PULL_DENIED', 'pull the image'],
};

/** Stores them, and returns their ARNs for the app. */
export async function storeDoubtful(cloud: Cloud): Promise<{ doubtful: Record<string, string> }> {
  const client = new SecretsManagerClient(cloud.client());
  const arns: Record<string, string> = {};
  for (const [name, [value]] of Object.entries(DOUBTFUL)) {
    const how = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
    arns[name] = (await client.send(new CreateSecretCommand({ Name: `doubtful/${name}`, ...how }))).ARN!;
  }
  return { doubtful: arns };
}
