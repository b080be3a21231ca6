import { GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Cloud } from './cloud';
import { Permissions } from '../../support/permissions';
import { pullRights, PullRights } from '../../support/pull-rights';

/**
 * What may be read and decrypted, evaluated from the policies that moto has after a deployment: it doesn't look at the key when
 * it gives out the value of a secret, and at no condition and no policy of a resource when it judges a request.
 * https://github.com/getmoto/moto/blob/5.2.5/moto/secretsmanager/models.py (get_secret_value)
 * https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py (the list at its beginning)
 */
export class DeployedPermissions {
  public static async read(cloud: Cloud, regions: readonly string[]): Promise<DeployedPermissions> {
    const permissions = new Permissions();
    await readRoles(new IAMClient(cloud.client()), permissions);
    for (const region of regions) {
      await readKeys(new KMSClient({ ...cloud.client(), region }), permissions);
    }
    return new DeployedPermissions(cloud, permissions);
  }

  private constructor(private readonly cloud: Cloud, public readonly policies: Permissions) {}

  /** What a role may do with a secret and with the key that really encrypts it. */
  public async pullRights(role: string, secret: string): Promise<PullRights> {
    return pullRights(this.policies, { role, secret, ...await this.keyOf(secret) });
  }

  /** The customer-managed key of a secret, if it has one. */
  public async keyOf(secret: string): Promise<{ key?: string; aliases?: string[] }> {
    const client = { ...this.cloud.client(), region: secret.split(':')[3] };
    const { KmsKeyId } = await new SecretsManagerClient(client).send(new DescribeSecretCommand({ SecretId: secret }));
    if (KmsKeyId === undefined) {
      return {};
    }
    const kms = new KMSClient(client);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: KmsKeyId }));
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId: KeyMetadata!.KeyId }));
    return { key: KeyMetadata!.Arn, aliases: Aliases.map(({ AliasName }) => AliasName!) };
  }
}

async function readRoles(iam: IAMClient, permissions: Permissions): Promise<void> {
  for (const { RoleName, Arn } of (await iam.send(new ListRolesCommand({ MaxItems: 1000 }))).Roles!) {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const inline = await Promise.all(PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    // The bootstrapped roles have some; this library attaches none, and these tests read no others.
    if (AttachedPolicies.length > 0 && !RoleName!.startsWith('cdk-')) {
      throw new Error(`${RoleName} has managed policies`);
    }
    permissions.setIdentityPolicies(Arn!, inline.map(({ PolicyDocument }) => JSON.parse(decodeURIComponent(PolicyDocument!))));
  }
}

async function readKeys(kms: KMSClient, permissions: Permissions): Promise<void> {
  for (const { KeyId, KeyArn } of (await kms.send(new ListKeysCommand({}))).Keys!) {
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    permissions.setResourcePolicy(KeyArn!, JSON.parse(Policy!));
  }
}
