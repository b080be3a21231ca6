import { DeployedStack } from './deployed-stack';
import { Access, keyPolicyOf, Permissions, viaSecretsManager, viaService } from './permissions';

/** A secret that is read by a role, and its customer-managed key. */
export interface Pull {
  /** The ARN of the role: that of the tasks' execution role, or of the function of the check. */
  readonly role: string;
  /** The complete ARN, which is what the container names. */
  readonly secret: string;
  readonly key?: string;
  /** The names of the key, as `alias/...`. */
  readonly aliases?: string[];
}

/** What a role may do of what it needs, and of what it must not be able to do. */
export type PullRights = Record<(typeof RIGHTS)[number], boolean>;

const RIGHTS = [
  'read the secret', 'decrypt it', 'decrypt without a service', 'decrypt through another service', 'decrypt through another Region',
  'decrypt with another key', 'encrypt', 'read another secret', 'describe the secret', 'change the secret',
] as const;

/** The rights that make the pull work; nothing else may be possible. */
export const LEAST_RIGHTS = rightsWhere((right) => right === 'read the secret' || right === 'decrypt it');

/** The rights of a role whose policy lacks the key. */
export const RIGHTS_WITHOUT_KEY = rightsWhere((right) => right === 'read the secret');

/**
 * Asks for each right. A secret without a customer-managed key asks for none of its own: "decrypt it" is allowed then, by the
 * policy of the AWS managed key, for whoever may read the secret.
 */
export async function pullRights(permissions: Permissions, { role, secret, key, aliases = [] }: Pull): Promise<PullRights> {
  const region = secret.split(':')[3];
  const elsewhere = region === 'us-east-1' ? 'eu-west-1' : 'us-east-1';
  const otherKey = `${(key ?? secret).split(':').slice(0, 5).join(':').replace('secretsmanager', 'kms')}:key/99999999-9999-4999-9999-999999999999`;
  permissions.setResourcePolicy(otherKey, keyPolicyOf(otherKey.split(':')[4]));

  const may = async (access: Pick<Access, 'action' | 'resource' | 'context'>) => permissions.isAllowed({ role, ...access });
  const mayDecrypt = async (resource: string | undefined, context: Access['context']) => (
    resource !== undefined && may({ action: 'kms:Decrypt', resource, context })
  );
  const mayManage = async (action: string, resource = secret) => may({ action: `secretsmanager:${action}`, resource });
  const hasAliases = aliases.length > 0 ? { 'kms:ResourceAliases': aliases } : undefined;
  const prefix = secret.slice(0, -'-a1B2c3'.length);
  const otherSecrets = [`${prefix}-2-a1B2c3`, `${prefix}2-a1B2c3`, `${prefix}/a-a1B2c3`, secret.replace(/:secret:.*/, ':secret:unrelated-a1B2c3')];

  return {
    'read the secret': await mayManage('GetSecretValue'),
    'decrypt it': key === undefined || await mayDecrypt(key, viaSecretsManager(region, aliases)),
    'decrypt without a service': await mayDecrypt(key, { ...hasAliases }),
    'decrypt through another service': await mayDecrypt(key, { ...viaService('ssm', region), ...hasAliases }),
    'decrypt through another Region': await mayDecrypt(key, viaSecretsManager(elsewhere, aliases)),
    'decrypt with another key': await mayDecrypt(otherKey, viaSecretsManager(region, ['alias/unrelated'])),
    'encrypt': key !== undefined && await may({ action: 'kms:Encrypt', resource: key, context: viaSecretsManager(region, aliases) }),
    'read another secret': (await Promise.all(otherSecrets.map(async (other) => mayManage('GetSecretValue', other)))).includes(true),
    'describe the secret': await mayManage('DescribeSecret'),
    'change the secret': await mayManage('PutSecretValue') || await mayManage('DeleteSecret'),
  };
}

/** Who pulls with what in the stacks: the execution role of the first task definition, and the function of its check. */
export function readersIn(permissions: Permissions): { secret: string; executionRole: string; checkRole?: string } {
  const [task] = permissions.resources('AWS::ECS::TaskDefinition');
  const [check] = permissions.resources('AWS::Lambda::Function').filter(({ properties }) => properties.Environment?.Variables?.READER);
  return {
    secret: task.properties.ContainerDefinitions[0].RepositoryCredentials.CredentialsParameter,
    executionRole: task.properties.ExecutionRoleArn,
    checkRole: check?.properties.Environment.Variables.READER,
  };
}

/** The owner of a key or a secret adds the statements of a policy to its own. */
export function allowAsOwner(permissions: Permissions, resource: string, policy: { [element: string]: any }): void {
  const before = permissions.resourcePolicyOf(resource)?.Statement ?? [];
  permissions.setResourcePolicy(resource, { ...policy, Statement: [...before, ...policy.Statement] });
}

/** The stacks of a synthesized app. */
export function stacksOf(assembly: { readonly stacks: any[] }): DeployedStack[] {
  return assembly.stacks.map(({ stackName, template, environment: { account, region } }) => ({ stackName, template, account, region }));
}

function rightsWhere(isGiven: (right: (typeof RIGHTS)[number]) => boolean): PullRights {
  return Object.fromEntries(RIGHTS.map((right) => [right, isGiven(right)])) as PullRights;
}
