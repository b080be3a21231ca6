import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * A customer-managed key, as a policy refers to it.
 */
export interface EncryptionKey {
  /** The ARN of the key, or of all keys (`key/*`) if only an alias is known. */
  readonly arn: string;
  /** The alias that restricts `key/*`: the ARN of an alias in `Resource` allows nothing. */
  readonly alias?: string;
}

export function encryptionKeyOf(key?: kms.IKey, keyArn?: string): EncryptionKey | undefined {
  if (key !== undefined) {
    if (!isAlias(key)) {
      return { arn: key.keyArn };
    }
    return encryptionKeyOf(targetKeyOf(key)) ?? keyOfAlias(key.keyArn, key.aliasName);
  }
  if (keyArn === undefined) {
    return undefined;
  }
  const alias = /:(alias\/.+)$/.exec(keyArn)?.[1];
  return alias === undefined ? { arn: keyArn } : keyOfAlias(keyArn, alias);
}

/**
 * The key of a replica of the secret. It is known only for a multi-Region key.
 */
export function inRegion(key: EncryptionKey, region: string): EncryptionKey | undefined {
  return key.arn.includes(':key/mrk-') ? { arn: arnInRegion(key.arn, region) } : undefined;
}

/**
 * The ARN of the replica in another Region.
 */
export function arnInRegion(arn: string, region: string): string {
  const parts = arn.split(':');
  parts[3] = region;
  return parts.join(':');
}

function keyOfAlias(aliasArn: string, alias: string): EncryptionKey {
  return { arn: [...aliasArn.split(':').slice(0, 5), 'key/*'].join(':'), alias };
}

function isAlias(key: kms.IKey): key is kms.IAlias {
  return 'aliasName' in key;
}

/**
 * The key of an alias. An alias that was imported by its name does not know it, and throws.
 */
function targetKeyOf(alias: kms.IAlias): kms.IKey | undefined {
  try {
    return alias.aliasTargetKey;
  } catch {
    return undefined;
  }
}
