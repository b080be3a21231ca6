import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { roleResourceOf } from '../private/scopes';
import { isUnknown } from '../private/tokens';

/**
 * Policies that the account that owns a secret must attach before another account can pull with it.
 *
 * Both name the roles that read the secret. The list is complete when the app is synthesized: roles that are added later are in
 * it too. To hand a policy to the owner, use `stack.toJsonString()`.
 */
export interface OwnerPolicies {
  /**
   * The resource policy of the secret.
   */
  readonly secretPolicy: iam.PolicyDocument;

  /**
   * The statement to add to the policy of the customer-managed key, in a policy document.
   */
  readonly keyPolicy: iam.PolicyDocument;
}

/**
 * The policies for the readers of a secret: the whole account of `stack` as long as there is no reader. The list of readers is
 * read when the policies are resolved.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
export function ownerPolicies(stack: Stack, secretArn: string, region: string, readers: readonly iam.IRole[]): OwnerPolicies {
  const isToken = isUnknown(secretArn);
  const partition = isToken ? stack.partition : secretArn.split(':')[1];
  const urlSuffix = isToken ? stack.urlSuffix : `amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const document = (action: string, resource: string, conditions: object = {}) => new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({
      actions: [action],
      resources: [resource],
      principals: [accountsOf(stack, readers, partition)],
      conditions: { ...conditions, ArnLike: onlyReaders(readers, partition) },
    })],
  });
  return {
    secretPolicy: document('secretsmanager:GetSecretValue', secretArn),
    // In the policy of a key "*" is the key itself.
    keyPolicy: document('kms:Decrypt', '*', { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } }),
  };
}

function accountsOf(stack: Stack, readers: readonly iam.IRole[], partition: string): iam.IPrincipal {
  const accounts = Lazy.uncachedAny({
    produce: () => [...new Set([stack.account, ...readers.map((role) => role.env.account)])].map((account) => `arn:${partition}:iam::${account}:root`),
  });
  // The ARN of a principal can be a list once it is resolved.
  return new iam.ArnPrincipal(Token.asString(accounts));
}

/**
 * The condition, or nothing as long as there is no reader.
 */
function onlyReaders(readers: readonly iam.IRole[], partition: string): unknown {
  return Lazy.uncachedAny({
    produce: () => {
      const patterns = new Set(readers.map((role) => arnPatternOf(role, partition)));
      return patterns.size > 0 ? { 'aws:PrincipalArn': [...patterns] } : undefined;
    },
  });
}

/**
 * CloudFormation derives the name of a role from the stack's name, of which it keeps the beginning, unless the role has a name.
 */
function arnPatternOf(role: iam.IRole, partition: string): string {
  const prefix = `arn:${partition}:iam::${role.env.account}:role`;
  const resource = roleResourceOf(role);
  if (resource === undefined) {
    // An imported role: its ARN as text, or made of the partition and its name.
    const name = role.roleArn.split(':role')[1];
    return name === undefined ? role.roleArn : `${prefix}${name}`;
  }
  const { roleName, path = '/' } = resource;
  if (roleName !== undefined && !isUnknown(roleName)) {
    return `${prefix}${path}${roleName}`;
  }
  const { stackName } = Stack.of(resource);
  return `${prefix}${path}${stackName.length > 20 ? stackName.slice(0, 20) : `${stackName}-`}*`;
}
