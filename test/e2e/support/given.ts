import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { REGION, Cloud } from './cloud';
import { PLAIN_PULLER, PULLER } from './internet';

export const OTHER_REGION = 'us-east-1';
/** Where the secret is that has a replica in REGION. */
export const PRIMARY_REGION = 'eu-central-1';

/** What was there before anything is deployed. No value of a secret is in it: the apps read it. */
export interface Given {
  /** Complete ARNs, by name. */
  readonly secrets: Record<string, string>;
  readonly keyArn: string;
  readonly keyAlias: string;
  readonly keyOfOtherRegion: string;
  readonly roleArn: string;
}

/** Makes the secrets, keys and roles of a team that has deployed nothing yet. */
export async function give(cloud: Cloud): Promise<Given> {
  const keyAlias = 'alias/registry';
  const keyArn = await makeKey(cloud, REGION, keyAlias);
  const keyOfOtherRegion = await makeKey(cloud, OTHER_REGION);
  const puller = json(PULLER);

  const secrets: Record<string, string> = {};
  const secret = async (Name: string, SecretString: string, options: { region?: string; KmsKeyId?: string; replica?: string } = {}) => {
    const { region = REGION, KmsKeyId, replica } = options;
    const client = new SecretsManagerClient({ ...cloud.client(), region });
    const AddReplicaRegions = replica === undefined ? undefined : [{ Region: replica }];
    secrets[Name] = (await client.send(new CreateSecretCommand({ Name, SecretString, KmsKeyId, AddReplicaRegions }))).ARN!;
  };
  for (const name of ['ghcr/pull', 'ghcr_pull', 'registry/pull', 'nexus/pull']) {
    await secret(name, puller);
  }
  for (const name of ['keyed/pull', 'keyed_pull']) {
    await secret(name, puller, { KmsKeyId: keyArn });
  }
  await secret('virginia/pull', puller, { region: OTHER_REGION, KmsKeyId: keyOfOtherRegion });
  await secret('replicated/pull', puller, { region: PRIMARY_REGION, replica: REGION });
  await secret('tokens', JSON.stringify({ ghcr: PLAIN_PULLER.password }));
  // Nobody here may read these, whose names begin like those that somebody may.
  for (const name of ['ghcr/pull-2', 'ghcr/pull/extra', 'ghcr_pull2', 'ghcr_pull-a1B2c3']) {
    await secret(name, json({ username: 'nobody', password: 'nothing' }));
  }
  await new SSMClient(cloud.client()).send(new PutParameterCommand({ Name: '/tokens/ghcr', Type: 'String', Value: PLAIN_PULLER.password }));

  const roleArn = await makeRole(cloud, 'tasks-by-hand', 'ecs-tasks.amazonaws.com');
  return { secrets, keyArn, keyAlias, keyOfOtherRegion, roleArn };
}

export function json({ username, password }: { username: string; password: string }): string {
  return JSON.stringify({ username, password });
}

export async function makeRole(cloud: Cloud, RoleName: string, Service: string): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] });
  return (await new IAMClient(cloud.client()).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))).Role!.Arn!;
}

async function makeKey(cloud: Cloud, region: string, AliasName?: string): Promise<string> {
  const kms = new KMSClient({ ...cloud.client(), region });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  if (AliasName !== undefined) {
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata!.KeyId }));
  }
  return KeyMetadata!.Arn!;
}
