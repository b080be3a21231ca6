import { Annotations, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { outermostStackOf } from './scopes';

/**
 * The stable id of everything that is refused or warned about, without the prefix. Each has a row in docs/errors.md.
 *
 * The ids are public: users acknowledge warnings by them, so that a change is a breaking change.
 */
export const ERROR_IDS = [
  'caCertificateOnFargate',
  'caCertificateWithPrivateKey',
  'connectionsWithoutVpc',
  'containerExceedsTask',
  'containerLost',
  'credentialsAmbiguous',
  'credentialsCreateSecret',
  'credentialsMissing',
  'credentialsReused',
  'crossAccountSecretIncomplete',
  'crossAccountSecretWithoutKey',
  'crossRegionSecretIncomplete',
  'curatedBuildImage',
  'ecrImage',
  'encryptionKeyAmbiguous',
  'eventPatternTooLong',
  'executionRoleImmutable',
  'executionRoleNotAssumable',
  'executionRoleOfOtherAccount',
  'imageChanged',
  'imageHostMismatch',
  'imageNotAuthenticated',
  'invalidBuildImage',
  'invalidCaCertificate',
  'invalidCredentials',
  'invalidEncryptionKeyArn',
  'invalidExpiryNotice',
  'invalidImageReference',
  'invalidProvider',
  'invalidPullCheck',
  'invalidPullCheckMode',
  'invalidPullCheckTimeout',
  'invalidRegistry',
  'invalidRegistryHost',
  'invalidScope',
  'invalidSecretArn',
  'invalidSecretName',
  'invalidTaskDefinitionArn',
  'invalidWatchInterval',
  'jobContainerTooLate',
  'logRetentionUnused',
  'notATaskDefinition',
  'pinDigestWithoutCheck',
  'placeholderWithCheck',
  'plainTextPassword',
  'platformVersionTooOld',
  'pullCheckPlacementAmbiguous',
  'pullCheckWithoutVpc',
  'registryAuthenticatedTwice',
  'secretArnIncomplete',
  'secretArnWithJsonKey',
  'secretOfOtherAccountStack',
  'secretOfOtherRegionStack',
  'serviceWithoutCredentials',
  'stackWithoutAssets',
  'stageNotCovered',
  'taskDefinitionsMissing',
  'taskSizeInvalid',
  'unknownRegistry',
  'unresolvablePassword',
] as const;

export const WARNING_IDS = [
  'aspectsNotStabilised',
  'blueGreenHookWithCheck',
  'caCertificateLarge',
  'certificateTooLongToWatch',
  'certificateUnknownToWatch',
  'crossAccountSecret',
  'crossRegionSecret',
  'dependenciesReplaced',
  'digestNotPinned',
  'eventPatternLong',
  'executionRoleReplaced',
  'exemptWithoutEffect',
  'imageWithoutFixedTag',
  'imageWithoutJob',
  'internalRegistryNeedsVpc',
  'isolatedSubnets',
  'misspelledRegistryHost',
  'nothingToWatch',
  'parametersInStage',
  'placeholderBesideTasks',
  'policyNameShared',
  'publicEcrImage',
  'publicSubnetsWithoutPublicIp',
  'pullCheckFunctionNearLimit',
  'pullCheckInPublicSubnets',
  'pullCheckPolicyMissing',
  'replicaKeyUnknown',
  'secretArnMayBeIncomplete',
  'secretNameMayHaveSuffix',
  'secretNameNeedsArn',
  'secretWithoutCredentials',
  'taskSizeUnknown',
  'tooManyTasksToWatch',
  'watchdogFunctionElsewhere',
  'watchdogPermissionMissing',
] as const;

export type ErrorId = typeof ERROR_IDS[number];
export type WarningId = typeof WARNING_IDS[number];

const PREFIX = 'cdk-private-registry';
/** Tokens as texts, in lists and as numbers, as aws-cdk-lib encodes them. */
const TOKEN = /[$#]\{Token\[(.*?)(?:\.\d+)?\]\}|-1\.888154589\d*e\+289/g;

/**
 * The error to throw. Errors cross the language boundary of jsii as text, so that the path and the id are part of it.
 */
export function invalid(id: ErrorId, message: string, scope?: IConstruct): Error {
  const at = scope ? ` (at ${scope.node.path})` : '';
  const error = new Error(`${readable(message)}${at} [${PREFIX}:${id}]`);
  error.name = 'PrivateRegistryError';
  return error;
}

/**
 * Adds a warning that the user can acknowledge by its id.
 */
export function warn(scope: IConstruct, id: WarningId, message: string): void {
  Annotations.of(scope).addWarningV2(`${PREFIX}:${id}`, readable(message));
}

/** The warnings that the stacks have already. */
const WARNED = new WeakMap<Stack, Set<string>>();

/**
 * Adds a warning about a fact that many constructs of a stack share, such as its secret, to the first of them only.
 */
export function warnOnce(scope: IConstruct, id: WarningId, message: string): void {
  const stack = outermostStackOf(scope);
  const warned = WARNED.get(stack) ?? new Set();
  if (!warned.has(message)) {
    WARNED.set(stack, warned.add(message));
    warn(scope, id, message);
  }
}

/**
 * The kind of a value of the wrong type, for a message. Never the value: it can be a password.
 */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) {
    return 'not set';
  }
  return typeof value === 'object' && 'secretArn' in value ? 'a secret' : `a value of type ${typeof value}`;
}

/**
 * Each token as its name, like `<AWS.Region>`: the user never wrote the encoded form.
 */
function readable(message: string): string {
  return message.replace(TOKEN, (_, name = 'TOKEN') => `<${name === 'TOKEN' ? 'token' : name}>`);
}
