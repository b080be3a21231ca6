import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

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
  const partition = Token.isUnresolved(secretArn) ? stack.partition : secretArn.split(':')[1];
  const urlSuffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
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
 * CloudFormation makes the name of a role out of the beginning of the stack's name, unless the role has one.
 */
function arnPatternOf(role: iam.IRole, partition: string): string {
  if (!Token.isUnresolved(role.roleArn)) { return role.roleArn; }
  const { account, stackName } = Stack.of(role);
  const { roleName, path = '/' } = role.node.defaultChild as iam.CfnRole;
  const isNamed = roleName !== undefined && !Token.isUnresolved(roleName);
  return `arn:${partition}:iam::${account}:role${path}${isNamed ? roleName : `${stackName.slice(0, 20)}*`}`;
}
