import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EncryptionKey } from './encryption-key';

/**
 * A statement before it has a principal or a policy.
 */
export interface PullStatement {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

export function policyStatement({ actions, resources, conditions }: PullStatement): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources, conditions });
}

/**
 * The statements as a policy in JSON, to be attached outside of this app.
 */
export function policyOf(statements: PullStatement[]): object {
  return {
    Version: '2012-10-17',
    Statement: statements.map((statement) => policyStatement(statement).toStatementJson()),
  };
}

/**
 * The statements that let a role read a secret, and decrypt it if it is encrypted with a customer-managed key.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export function pullStatements(stack: Stack, secretArns: string[], region: string, key?: EncryptionKey): PullStatement[] {
  const read = { actions: ['secretsmanager:GetSecretValue'], resources: secretArns };
  if (key === undefined) {
    return [read];
  }
  return [read, {
    actions: ['kms:Decrypt'],
    resources: [key.arn],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${stack.urlSuffix}` },
      ...(key.alias && { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': key.alias } }),
    },
  }];
}
