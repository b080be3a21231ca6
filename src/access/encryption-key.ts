import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * A customer-managed key as a policy has to name it.
 */
export interface EncryptionKey {
  /** The ARN of the key; of all keys (`key/*`) where only an alias is known. */
  readonly arn: string;
  /** The alias that narrows `key/*` down: the ARN of an alias in `Resource` allows nothing. */
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
 * The key of a replica of the secret: known only if the key is a multi-Region key too.
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
 * An alias that was imported by its name does not know its key, and throws when it is asked.
 */
function targetKeyOf(alias: kms.IAlias): kms.IKey | undefined {
  try {
    return alias.aliasTargetKey;
  } catch {
    return undefined;
  }
}
