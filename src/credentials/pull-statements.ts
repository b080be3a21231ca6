import { Stack } from 'aws-cdk-lib';
import { EncryptionKey } from './encryption-key';

/**
 * A statement before it has a principal or a policy.
 */
export interface PullStatement {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/**
 * What a role needs to read a secret, and to decrypt it if it is encrypted with a customer-managed key.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export function pullStatements(stack: Stack, secretArns: string[], region: string, key?: EncryptionKey): PullStatement[] {
  const read = { actions: ['secretsmanager:GetSecretValue'], resources: secretArns };
  if (key === undefined) { return [read]; }
  return [read, {
    actions: ['kms:Decrypt'],
    resources: [key.arn],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${stack.urlSuffix}` },
      ...(key.alias && { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': key.alias } }),
    },
  }];
}
