import { ErrorId, WarningId } from '../../src/private/errors';

/**
 * A situation in which aws-cdk-lib alone is silent, and the deployment fails, hangs or opens a gap.
 *
 * "Why not just fromRegistry?" in the documentation is this table; each row has its test in nothing-fails-silently.*.test.ts.
 */
export interface SilentFailure {
  /** What the tests call the row by. */
  readonly id: string;
  readonly situation: string;
  /** What aws-cdk-lib does without this library, as asserted by the tests on the oldest and the newest version. */
  readonly raw: string;
  /** What this library does. */
  readonly ours: string;
  /** How it does it: refuses, warns, or sees to it that it works. */
  readonly kinds: ReadonlyArray<'error' | 'warning' | 'works'>;
  /** The ids of the errors and warnings, where there are any. */
  readonly ids: ReadonlyArray<ErrorId | WarningId>;
}

export const SILENT_FAILURES: readonly SilentFailure[] = [
  {
    id: 'immutableExecutionRole',
    situation: 'execution role imported with `mutable: false`, or `withoutPolicyUpdates()`',
    raw: 'no policy, no warning',
    ours: 'error with the exact policy to attach',
    kinds: ['error'],
    ids: ['executionRoleImmutable'],
  },
  {
    id: 'executionRoleOfOtherAccount',
    situation: 'execution role of another account',
    raw: 'no policy, no warning',
    ours: 'error: ECS does not accept it',
    kinds: ['error'],
    ids: ['executionRoleOfOtherAccount'],
  },
  {
    id: 'executionRoleOfOtherStack',
    situation: 'execution role of another stack, or of the parent of a nested stack',
    raw: '`DependencyCycle`, or a policy in the other stack that nothing waits for',
    ours: "works: the policy is in the tasks' stack, and the tasks wait for it",
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'importedKey',
    situation: 'customer-managed key imported by ARN or alias',
    raw: 'no `kms:Decrypt` anywhere',
    ours: 'works: the execution role can decrypt',
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'secretAndKeyOfOtherStack',
    situation: 'secret and key owned by another stack',
    raw: '`DependencyCycle`',
    ours: 'works',
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'mistakenSecretId',
    situation: 'partial ARN passed as complete, complete ARN passed as a name, ARN with a JSON key, ARN of another service',
    raw: 'accepted, or refused without saying what to do',
    ours: 'error, or a warning if the case is ambiguous',
    kinds: ['error', 'warning'],
    ids: ['secretArnIncomplete', 'secretArnMayBeIncomplete', 'invalidSecretName', 'secretNameMayHaveSuffix', 'secretArnWithJsonKey', 'invalidSecretArn'],
  },
  {
    id: 'secretByName',
    situation: 'secret by name',
    raw: 'a partial ARN in the task definition, a form that ECS does not document',
    ours: 'works: the pull check finds the complete ARN; without a check, the name if ECS accepts it, otherwise the partial ARN and a warning',
    kinds: ['works', 'warning'],
    ids: ['secretNameNeedsArn'],
  },
  {
    id: 'secretOfOtherAccount',
    situation: 'secret of another account',
    raw: 'partial ARN, no `kms:Decrypt`, no mention of the policies that its owner must attach',
    ours: "error without the complete ARN and the key; the warning leads to `ownerPolicies()`, which returns the owner's policies",
    kinds: ['error', 'warning'],
    ids: ['crossAccountSecretIncomplete', 'crossAccountSecretWithoutKey', 'secretOfOtherAccountStack', 'crossAccountSecret'],
  },
  {
    id: 'secretOfOtherRegion',
    situation: 'secret of another Region',
    raw: 'no `kms:Decrypt`, no warning',
    ours: "works, with `kms:ViaService` for the secret's Region; warning about endpoints",
    kinds: ['works', 'warning', 'error'],
    ids: ['crossRegionSecret', 'crossRegionSecretIncomplete', 'secretOfOtherRegionStack'],
  },
  {
    id: 'initialValueNoCredential',
    situation: 'secret of the app whose initial value is not a credential',
    raw: 'accepted',
    ours: 'warning',
    kinds: ['warning'],
    ids: ['secretWithoutCredentials'],
  },
  {
    id: 'plainTextPassword',
    situation: 'password in plain text',
    raw: 'in the template',
    ours: 'error',
    kinds: ['error'],
    ids: ['plainTextPassword'],
  },
  {
    id: 'invalidImageReference',
    situation: 'image string that is not a reference (scheme, spaces, upper case, `user:password@`)',
    raw: 'accepted',
    ours: 'error that shows the correct form and never a password',
    kinds: ['error'],
    ids: ['invalidImageReference'],
  },
  {
    id: 'imageOfOtherHost',
    situation: 'image from a different registry than the credentials, or without a host (`acme/api:1` is in Docker Hub)',
    raw: 'accepted',
    ours: 'error that shows both registries, if `provider` or `registry` is set',
    kinds: ['error'],
    ids: ['imageHostMismatch'],
  },
  {
    id: 'ecrImage',
    situation: 'credentials for an image in ECR',
    raw: 'an unrelated warning',
    ours: 'error that names `fromEcrRepository`',
    kinds: ['error'],
    ids: ['ecrImage'],
  },
  {
    id: 'imageWithoutFixedTag',
    situation: 'no tag, or `latest`',
    raw: 'accepted',
    ours: 'warning',
    kinds: ['warning'],
    ids: ['imageWithoutFixedTag'],
  },
  {
    id: 'noRouteToTheRegistry',
    situation: 'isolated subnets, public subnets without a public IP, VPC with public subnets only',
    raw: 'accepted; the tasks cannot pull',
    ours: 'a public IP if there are only public subnets, otherwise a warning that names the subnets',
    kinds: ['works', 'warning'],
    ids: ['isolatedSubnets', 'publicSubnetsWithoutPublicIp'],
  },
  {
    id: 'serviceBeforeRoutes',
    situation: "tasks that start before the NAT gateway's routes exist",
    raw: 'race',
    ours: 'the service waits for the routes',
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'platformTooOld',
    situation: 'Fargate platform before 1.2.0',
    raw: 'accepted',
    ours: 'error',
    kinds: ['error'],
    ids: ['platformVersionTooOld'],
  },
  {
    id: 'executionRoleNotAssumable',
    situation: 'execution role that ECS cannot assume',
    raw: 'accepted',
    ours: 'error',
    kinds: ['error'],
    ids: ['executionRoleNotAssumable'],
  },
  {
    id: 'tasksBeforePolicy',
    situation: "service that starts before its execution role's policy exists",
    raw: 'race',
    ours: 'the task definition waits for the policy',
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'circuitBreakerOff',
    situation: 'circuit breaker off',
    raw: 'the deployment hangs for up to three hours before it fails',
    ours: 'on by default, with rollback',
    kinds: ['works'],
    ids: [],
  },
  {
    id: 'sameSecretInSeveralContainers',
    situation: 'same secret in several containers',
    raw: 'one statement',
    ours: 'one statement',
    kinds: ['works'],
    ids: [],
  },
];

/** For `describe`: a row that is not in the table is an error. */
export function row(id: string): string {
  const found = SILENT_FAILURES.find((one) => one.id === id);
  if (found === undefined) {
    throw new Error(`there is no row ${id}`);
  }
  return `${found.id}: ${found.situation}`;
}
