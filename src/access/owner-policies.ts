import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { roleResourceOf } from '../private/scopes';

/**
 * What the account that owns a secret has to allow, so that another account can pull with it.
 */
export interface OwnerPolicies {
  /**
   * The resource policy of the secret, as JSON.
   */
  readonly secretPolicy: { [element: string]: any };

  /**
   * The statement to add to the policy of the customer-managed key, as a policy in JSON.
   */
  readonly keyPolicy: { [element: string]: any };
}

/**
 * The policies for the readers of a secret: the whole account of `stack` as long as no reader is known.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
export function ownerPolicies(stack: Stack, secretArn: string, region: string, readers: iam.IRole[]): OwnerPolicies {
  const isToken = Token.isUnresolved(secretArn);
  const partition = isToken ? stack.partition : secretArn.split(':')[1];
  const urlSuffix = isToken ? stack.urlSuffix : `amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const accounts = new Set([stack.account, ...readers.map((role) => role.env.account)]);
  const roles = new Set(readers.map((role) => arnPatternOf(role, partition)));
  const onlyReaders = roles.size > 0 ? { ArnLike: { 'aws:PrincipalArn': [...roles] } } : undefined;
  const policy = (action: string, resource: string, condition: object | undefined) => stack.resolve({
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Principal: { AWS: [...accounts].map((account) => `arn:${partition}:iam::${account}:root`) },
      Action: action,
      Resource: resource,
      Condition: condition,
    }],
  });
  return {
    secretPolicy: policy('secretsmanager:GetSecretValue', secretArn, onlyReaders),
    // In the policy of a key "*" is the key itself.
    keyPolicy: policy('kms:Decrypt', '*', {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` },
      ...onlyReaders,
    }),
  };
}

/**
 * CloudFormation makes the name of a role out of the stack's name, of which it keeps the beginning, unless the role has one.
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
  if (roleName !== undefined && !Token.isUnresolved(roleName)) {
    return `${prefix}${path}${roleName}`;
  }
  const { stackName } = Stack.of(resource);
  return `${prefix}${path}${stackName.length > 20 ? stackName.slice(0, 20) : `${stackName}-`}*`;
}
