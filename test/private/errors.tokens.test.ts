import { App, Aspects, CfnParameter, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  PrivateRegistries, PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryImage, PullCheckFunction, PullCheckMode, PullWatchdog,
  RegistryCredentials, RegistryProvider,
} from '../../src';
import { ERROR_IDS, ErrorId, invalid, warn, WARNING_IDS, WarningId } from '../../src/private/errors';
import { expectError, expectSynthError, expectWarning, synthesize } from '../support/errors';
import { defineMultiNodeJob, fargateContainer } from '../support/jobs';
import { CHECKED, ENV, IMAGE, KEY_ARN, newStack, SECRET_ARN, templateOf, warningsOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, defineTaskWith } from '../support/tasks';

const OTHER_ACCOUNT = SECRET_ARN.replace('111122223333', '444455556666');
const OTHER_REGION = SECRET_ARN.replace('eu-west-1', 'us-east-1');

/** Defines with tokens whatever the text of the error shows. */
const ERRORS: Partial<Record<ErrorId, (stack: Stack, token: string) => void>> = {
  credentialsMissing: (stack, token) => new PrivateRegistryFargateService(stack, 'Api', { image: `ghcr.io/acme/api:${token}` }),
  curatedBuildImage: (stack, token) => {
    const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    registry.buildImage(codebuild.LinuxBuildImage.fromCodeBuildImageId(`aws/codebuild/${token}`));
  },
  ecrImage: (_, token) => new PrivateRegistryImage(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:${token}`, { credentials: CREDENTIALS }),
  encryptionKeyAmbiguous: (stack, token) => RegistryCredentials.fromSecretName('ghcr-pull', {
    encryptionKey: new kms.Key(stack, 'Key'), encryptionKeyArn: `${KEY_ARN.slice(0, -4)}${token}`,
  }),
  executionRoleImmutable: (stack, token) => {
    const credentials = RegistryCredentials.fromSecretName(token, { encryptionKeyArn: token });
    defineTaskWith(stack, credentials, { executionRole: iam.Role.fromRoleName(stack, 'Role', token, { mutable: false }) });
  },
  executionRoleOfOtherAccount: (stack, token) => {
    defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::444455556666:role/exec-${token}`) });
    defineTask(stack, apiImage(), {
      executionRole: iam.Role.fromRoleArn(new Stack(stack.node.root as any, 'Other', { env: { account: '444455556666' } }), 'Role', token),
    }, 'Other');
  },
  imageHostMismatch: (_, token) => new PrivateRegistryImage(`quay.io/acme/api:${token}`, { credentials: CREDENTIALS, provider: RegistryProvider.GHCR }),
  invalidRegistryHost: (_, token) => RegistryProvider.custom(`registry.${token}.example.com`),
  invalidSecretArn: (_, token) => RegistryCredentials.fromSecretCompleteArn(token, { replicaRegions: ['us-east-1'] }),
  jobContainerTooLate: (stack, token) => {
    const job = defineMultiNodeJob(stack, [new PrivateRegistryImage(`ghcr.io/acme/api:${token}`, { credentials: CREDENTIALS })]);
    Aspects.of(job).add({
      visit: (node) => {
        if (node === job) {
          job.addContainer({ ...job.containers[0], startNode: 1, endNode: 1 });
        }
      },
    }, { priority: 1000 });
    synthesize(stack);
  },
  imageChanged: (stack, token) => {
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('app', { image: ecs.ContainerImage.fromRegistry(`ghcr.io/acme/api:${token}`) });
    const last = new CfnParameter(stack, 'Last');
    Aspects.of(stack).add({
      visit: (node) => node === last && (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ContainerDefinitions.0.Image', `x/${token}`),
    }, { priority: 900 });
    PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    synthesize(stack);
  },
  logRetentionUnused: (stack) => new PrivateRegistryFargateService(stack, 'Api', {
    image: IMAGE, credentials: CREDENTIALS, enableLogging: false, logRetention: Lazy.number({ produce: () => 7 }) as logs.RetentionDays,
  }),
  notATaskDefinition: (stack, token) => new PrivateRegistryImage(`ghcr.io/acme/api:${token}`, { credentials: CREDENTIALS }).bind(stack, {} as any),
  unknownRegistry: (_, token) => new PrivateRegistryImage(token, { credentials: CREDENTIALS }),
};

/** The same for warnings. */
const WARNINGS: Partial<Record<WarningId, (stack: Stack, token: string) => void>> = {
  crossAccountSecret: (stack, token) => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(OTHER_ACCOUNT, { encryptionKeyArn: token })),
  imageWithoutJob: (stack, token) => {
    fargateContainer(stack, new PrivateRegistryImage(`ghcr.io/acme/api:${token}`, { credentials: CREDENTIALS }));
    templateOf(stack);
  },
  executionRoleReplaced: (stack, token) => {
    const task = defineTask(stack, apiImage(), { executionRole: iam.Role.fromRoleName(stack, 'Role', token) });
    (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ExecutionRoleArn', `arn:aws:iam::111122223333:role/exec-${token}`);
    templateOf(stack);
  },
  crossRegionSecret: (stack, token) => defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(OTHER_REGION, { encryptionKeyArn: token })),
  policyNameShared: (stack, token) => {
    const other = new Stack(stack.node.root as App, 'Other', { env: ENV });
    for (const one of [stack, other]) {
      const executionRole = iam.Role.fromRoleArn(one, 'Role', 'arn:aws:iam::111122223333:role/exec');
      executionRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [token] }));
      defineTaskWith(one, CREDENTIALS, { executionRole }, { pullCheck: { mode: PullCheckMode.OFF } });
    }
    templateOf(stack);
  },
  publicEcrImage: (stack, token) => {
    defineTask(stack, new PrivateRegistryImage(`public.ecr.aws/acme/api:${token}`, { credentials: CREDENTIALS }));
  },
  pullCheckPolicyMissing: (stack, token) => {
    const checkFunction = PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', { functionArn: token });
    defineTaskWith(stack, RegistryCredentials.fromSecretName(token), {}, { pullCheck: { checkFunction } });
    templateOf(stack);
  },
  watchdogPermissionMissing: (stack, functionArn) => {
    const role = iam.Role.fromRoleArn(stack, 'FunctionRole', 'arn:aws:iam::111122223333:role/check');
    const checkFunction = PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', { functionArn, role });
    defineTaskWith(stack, CREDENTIALS, {}, { pullCheck: { checkFunction } });
    new PullWatchdog(stack, 'Watchdog');
    templateOf(stack);
  },
  replicaKeyUnknown: (stack, token) => {
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(OTHER_REGION, { replicaRegions: ['eu-west-1'], encryptionKeyArn: token }));
  },
};

/** Their texts show only what was known, and paths. */
const WITHOUT_TOKENS: Array<ErrorId | WarningId> = [
  'caCertificateOnFargate', 'connectionsWithoutVpc', 'containerExceedsTask', 'credentialsAmbiguous', 'credentialsReused',
  'crossAccountSecretIncomplete', 'crossAccountSecretWithoutKey', 'crossRegionSecretIncomplete', 'executionRoleNotAssumable', 'invalidCaCertificate', 'invalidCredentials',
  'invalidBuildImage', 'invalidEncryptionKeyArn', 'invalidImageReference', 'invalidProvider', 'invalidPullCheck', 'invalidPullCheckMode', 'invalidPullCheckTimeout', 'invalidRegistry', 'invalidSecretName', 'caCertificateLarge', 'caCertificateWithPrivateKey', 'misspelledRegistryHost', 'pinDigestWithoutCheck',
  'placeholderWithCheck', 'plainTextPassword', 'platformVersionTooOld', 'pullCheckPlacementAmbiguous', 'pullCheckWithoutVpc',
  'secretArnIncomplete', 'secretArnWithJsonKey', 'secretOfOtherAccountStack', 'secretOfOtherRegionStack', 'stackWithoutAssets',
  'taskSizeInvalid', 'unresolvablePassword', 'blueGreenHookWithCheck',
  'dependenciesReplaced', 'digestNotPinned', 'imageWithoutFixedTag', 'internalRegistryNeedsVpc', 'isolatedSubnets', 'parametersInStage', 'placeholderBesideTasks',
  'publicSubnetsWithoutPublicIp', 'secretArnMayBeIncomplete', 'secretNameMayHaveSuffix', 'secretNameNeedsArn',
  'secretWithoutCredentials', 'taskSizeUnknown', 'pullCheckFunctionNearLimit', 'pullCheckInPublicSubnets',
  'aspectsNotStabilised', 'containerLost', 'credentialsCreateSecret', 'exemptWithoutEffect', 'imageNotAuthenticated', 'registryAuthenticatedTwice',
  'serviceWithoutCredentials', 'stageNotCovered',
  'certificateTooLongToWatch', 'certificateUnknownToWatch', 'eventPatternLong', 'eventPatternTooLong', 'invalidExpiryNotice', 'invalidScope', 'invalidTaskDefinitionArn',
  'invalidWatchInterval', 'nothingToWatch', 'taskDefinitionsMissing', 'tooManyTasksToWatch', 'watchdogFunctionElsewhere',
];

/** What aws-cdk-lib writes in place of a token. */
const ENCODED = /Token\[|e\+289|\[object|undefined/;

const TOKENS: Array<[what: string, token: (stack: Stack) => string]> = [
  ['a parameter', (stack) => new CfnParameter(stack, 'Parameter').valueAsString],
  ['a pseudo parameter', () => Fn.ref('AWS::StackName')],
  ['a lazy value', () => Lazy.string({ produce: () => '1.4.2' })],
  ['an intrinsic function', () => Fn.select(1, Fn.split('/', Fn.ref('AWS::StackId')))],
];

test('every id is in one of the lists', () => {
  expect([...Object.keys(ERRORS), ...Object.keys(WARNINGS), ...WITHOUT_TOKENS].sort()).toEqual([...ERROR_IDS, ...WARNING_IDS].sort());
});

describe.each(TOKENS)('with %s', (_, token) => {
  test.each(Object.entries(ERRORS))('the error %s shows no encoded token', (id, define) => {
    const stack = newStack(CHECKED);
    const message = expectError(() => {
      define(stack, token(stack));
      // What depends on a lazy value is judged at the end of synth.
      throw new Error(expectSynthError(stack, id as ErrorId));
    }, id as ErrorId);
    expect(message).not.toMatch(ENCODED);
  });

  test.each(Object.entries(WARNINGS))('the warning %s shows no encoded token', (id, define) => {
    const stack = newStack(CHECKED);
    define(stack, token(stack));
    expect(warningsOf(stack).filter((text) => ENCODED.test(text))).toEqual([]);
    expectWarning(stack, id as WarningId);
  });
});

test('a token is shown by its name', () => {
  const stack = newStack({}, {});
  const values = [stack.region, Fn.ref('Version'), Lazy.string({ produce: () => 'x' }), Lazy.number({ produce: () => 1 }), Token.asList(Fn.getAzs())];

  const { message } = invalid('ecrImage', `the image ${JSON.stringify(values)} is wrong`);
  expect(message).toBe('the image ["<AWS.Region>","<token>","<token>",<token>,["<token>"]] is wrong [cdk-private-registry:ecrImage]');
  warn(stack, 'publicEcrImage', `the image "${stack.account}.example.com" is public`);
  expect(warningsOf(stack)).toEqual([expect.stringContaining('the image "<AWS.AccountId>.example.com" is public')]);
});
