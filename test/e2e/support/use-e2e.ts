import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from './app';
import { ACCOUNT, Cloud, REGION } from './cloud';
import { PULLER, startInternet, Internet } from './internet';

export interface E2e {
  readonly internet: Internet;
  readonly cloud: Cloud;
}

/** Registries, and an account that was bootstrapped and has IAM enforced from then on, for the tests of one file. */
export function useE2e(): () => E2e {
  let internet: Internet | undefined;
  let cloud: Cloud | undefined;
  beforeAll(async () => {
    internet = await startInternet();
    cloud = await Cloud.start(internet);
    cloud.administrator = await createAdministrator(cloud);
    await App.example(cloud, 'web-service').cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', '');
    await cloud.enforceIam(true);
  });
  afterAll(async () => {
    App.removeAll();
    await cloud?.stop();
    await internet?.stop();
  });
  return () => ({ internet: internet!, cloud: cloud! });
}

/**
 * Whoever deploys may do everything. The roles that cdk bootstraps are not assumed: moto doesn't see that the account itself is
 * a principal (https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py, _check_principal), and then cdk goes on
 * with the credentials that it has.
 */
async function createAdministrator(cloud: Cloud): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const iam = new IAMClient(cloud.client());
  const UserName = 'administrator';
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

/** Stores credentials as an administrator does it by hand, and returns the full ARN. */
export async function storeSecret(cloud: Cloud, name: string, credentials: { username: string; password: string } = PULLER): Promise<string> {
  const { username, password } = credentials;
  const client = new SecretsManagerClient(cloud.client());
  const { ARN } = await client.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ username, password }) }));
  return ARN!;
}
