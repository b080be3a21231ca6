import { ArnFormat, CfnParameter, CustomResource, Duration, NestedStack, SecretValue, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryFargateServiceProps, PrivateRegistryImage, PullCheckFunction, PullCheckMode,
  PullCheckOptions, RegistryCredentials, RegistryProvider,
} from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { makeCertificate } from '../support/certificates';
import { expectError, expectSilence, expectSynthError, expectWarning } from '../support/errors';
import { CHECKED, containersOf, ENV, IMAGE, KEY_ARN, newApp, newStack, resourcesOf, SECRET_ARN, templateOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask, ownSecret } from '../support/tasks';

const CHECK = 'Custom::PrivateRegistryPullCheck';
const { ca: CA } = makeCertificate(['registry.acme.io']);
const BY_NAME = RegistryCredentials.fromSecretName('ghcr/pull');

function image(pullCheck?: PullCheckOptions, reference = IMAGE): PrivateRegistryImage {
  return new PrivateRegistryImage(reference, { credentials: CREDENTIALS, pullCheck });
}

function checkOf(stack: Stack): any {
  const checks = resourcesOf(stack, CHECK);
  expect(checks).toHaveLength(1);
  return checks[0];
}

function checked(pullCheck?: PullCheckOptions, context: Record<string, unknown> = {}): Stack {
  const stack = newStack({ ...CHECKED, ...context });
  defineTask(stack, image(pullCheck));
  return stack;
}

describe('the check', () => {
  test('says in plain words what is checked', () => {
    expect(checkOf(checked()).Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^PrivateRegistryPullCheckFunction/), 'Arn'] },
      ServiceTimeout: 900,
      Image: IMAGE,
      Secret: SECRET_ARN,
      SecretRegion: 'eu-west-1',
      Platform: 'linux/amd64',
      Mode: 'ENFORCE',
      Engine: 'containerd',
      TimeoutSeconds: 30,
    });
  });

  test('takes what the options and the provider say', () => {
    const stack = newStack(CHECKED);
    const provider = RegistryProvider.selfManagedGitlab('registry.acme.io', { authHost: 'gitlab.acme.io' });
    const registry = new PrivateRegistry(stack, 'Registry', {
      provider,
      credentials: CREDENTIALS,
      pullCheck: { mode: PullCheckMode.WARN, restrictedNetwork: true, timeout: Duration.seconds(45), trigger: 'build 7' },
    });
    defineTask(stack, registry.image('registry.acme.io/acme/api:1'));
    expect(checkOf(stack).Properties).toMatchObject({
      Mode: 'WARN', TimeoutSeconds: 45, Trigger: 'build 7', AuthHost: 'gitlab.acme.io', RestrictedNetwork: 'true',
    });
  });

  test.each([[undefined, undefined], [true, 'true'], [false, 'false']])('asks when the credentials expire: %p', (askExpiry, property) => {
    const stack = newStack(CHECKED);
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, pullCheck: { askExpiry } }));
    expect(checkOf(stack).Properties.AskExpiry).toBe(property);
  });

  test('is there before the task definition', () => {
    const template = templateOf(checked());
    const [check] = Object.keys(Template.fromJSON(template).findResources(CHECK));
    Template.fromJSON(template).hasResource('AWS::ECS::TaskDefinition', { DependsOn: Match.arrayWith([check]) });
  });

  test.each<[string, RegistryProvider, string, string | undefined]>([
    ['a host that tells it', RegistryProvider.GHCR, 'ghcr.io/acme/api:1', undefined],
    ['a host of its owner', RegistryProvider.harbor('registry.acme.io'), 'registry.acme.io/acme/api:1', 'harbor'],
    ['a host that tells another one', RegistryProvider.harbor('acme.jfrog.io'), 'acme.jfrog.io/acme/api:1', 'harbor'],
    ['no more than a host', RegistryProvider.custom('registry.acme.io'), 'registry.acme.io/acme/api:1', undefined],
  ])('is told which registry it asks: %s', (_, provider, reference, key) => {
    const stack = newStack(CHECKED);
    defineTask(stack, new PrivateRegistryImage(reference, { credentials: CREDENTIALS, provider }));
    expect(checkOf(stack).Properties.Registry).toBe(key);
  });

  test('waits until its function may read the secret, and ask for the state of the stack', () => {
    const stack = checked();
    const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { PolicyName: Match.stringLikeRegexp('PullCheck(ReadSecret|DescribeStack)') } });
    expect(Object.values(policies).map(({ Properties }) => Properties.PolicyDocument.Statement[0].Action).sort())
      .toEqual(['cloudformation:DescribeStacks', 'secretsmanager:GetSecretValue']);
    expect(checkOf(stack).DependsOn.sort()).toEqual(Object.keys(policies).sort());
  });

  test('reads exactly this secret, with exactly its key', () => {
    const stack = newStack(CHECKED);
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN });
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials }));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { PolicyName: Match.stringLikeRegexp('PullCheck(ReadSecret|DescribeStack)') } }))
      .filter(({ Properties }) => JSON.stringify(Properties.PolicyDocument).includes('GetSecretValue'));
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET_ARN },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: KEY_ARN,
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
      },
    ]);
  });

  test('is made once for each image, whatever uses it', () => {
    const stack = newStack(CHECKED);
    const shared = image();
    defineTask(stack, shared, {}, 'One').addContainer('again', { image: shared });
    defineTask(stack, shared, {}, 'Two');
    defineTask(stack, image(undefined, 'ghcr.io/acme/admin:2'), {}, 'Three');
    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.Image)).toEqual([IMAGE, 'ghcr.io/acme/admin:2']);
    expect(resourcesOf(stack, 'AWS::Lambda::Function')).toHaveLength(1);
  });

  test.each<[string, (stack: Stack) => void]>([
    ['the image', (stack) => defineTask(stack, image(undefined, 'ghcr.io/acme/api:1.4.3'))],
    ['the secret', (stack) => defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: BY_NAME }))],
    ['the platform', (stack) => defineTask(stack, image(), { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } })],
    ['the trigger', (stack) => defineTask(stack, image({ trigger: '2' }))],
    ['the mode', (stack) => defineTask(stack, image({ mode: PullCheckMode.WARN }))],
  ])('is another resource when %s changes, so that a rollback only deletes', (_what, define) => {
    const changed = newStack(CHECKED);
    define(changed);
    const idsOf = (stack: Stack) => Object.keys(Template.fromStack(stack).findResources(CHECK));
    expect(idsOf(changed)).not.toEqual(idsOf(checked()));
    expect(idsOf(checked())).toEqual(idsOf(checked()));
  });

  test('is the same resource when the value of a token changes', () => {
    const stack = newStack(CHECKED);
    const tag = new CfnParameter(stack, 'Tag');
    defineTask(stack, image(undefined, `ghcr.io/acme/api:${tag.valueAsString}`));
    expect(checkOf(stack).Properties.Image).toEqual({ 'Fn::Join': ['', ['ghcr.io/acme/api:', { Ref: 'Tag' }]] });
  });

  test('is another one for a secret of another stack with the same name', () => {
    const app = newApp(CHECKED);
    const secrets = ['A', 'B'].map((id) => ownSecret(new Stack(app, id, { env: ENV })));
    const stack = new Stack(app, 'Stack', { env: ENV });
    secrets.forEach((secret, index) => defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecret(secret) }), {}, `Task${index}`));
    expect(resourcesOf(stack, CHECK).map(({ Properties }) => JSON.stringify(Properties.Secret))).toEqual([expect.stringContaining('A:'), expect.stringContaining('B:')]);
  });

  test('of another image with the same secret needs no other policy', () => {
    const policiesWith = (...tags: string[]) => {
      const stack = newStack(CHECKED);
      tags.forEach((tag) => defineTask(stack, image(undefined, `ghcr.io/acme/api:${tag}`), {}, `Task${tag}`));
      return Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((id) => /^PrivateRegistryPullCheck(ReadSecret|DescribeStack)/.test(id));
    };
    expect(policiesWith('1')).toHaveLength(2);
    expect(policiesWith('2', '3', '4')).toEqual(policiesWith('1'));
  });

  test('waits for no other secret than its own, which a task may make that waits for another check', () => {
    const stack = newStack(CHECKED);
    const first = defineTask(stack, image(), {}, 'First');
    const token = new CustomResource(stack, 'Token', { serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:token', properties: { Task: first.taskDefinitionArn } });
    const secret = new secretsmanager.Secret(stack, 'Secret', {
      secretObjectValue: { username: SecretValue.unsafePlainText('bot'), password: SecretValue.resourceAttribute(token.getAttString('Password')) },
    });
    defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/second:1', { credentials: RegistryCredentials.fromSecret(secret) }), {}, 'Second');
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
  });

  test('is in the nested stack of its tasks', () => {
    const stack = newStack(CHECKED);
    const nested = new NestedStack(stack, 'Nested');
    defineTask(nested, image());
    expect(resourcesOf(nested, CHECK)).toHaveLength(1);
    expect(resourcesOf(stack, CHECK)).toHaveLength(0);
  });

});

describe('the platform', () => {
  test.each<[string, ecs.RuntimePlatform, string]>([
    ['ARM64', { cpuArchitecture: ecs.CpuArchitecture.ARM64 }, 'linux/arm64'],
    ['X86_64', { cpuArchitecture: ecs.CpuArchitecture.X86_64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX }, 'linux/amd64'],
    ['Windows', { operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE }, 'windows/amd64'],
  ])('of a Fargate task with %s is that of its runtime platform', (_name, runtimePlatform, platform) => {
    const stack = newStack(CHECKED);
    defineTask(stack, image(), { runtimePlatform, cpu: 1024, memoryLimitMiB: 2048 });
    expect(checkOf(stack).Properties.Platform).toBe(platform);
  });

  test('is not checked where the instances decide', () => {
    const stack = newStack(CHECKED);
    new ecs.Ec2TaskDefinition(stack, 'Task').addContainer('app', { image: image(), memoryLimitMiB: 512 });
    expect(checkOf(stack).Properties).not.toHaveProperty('Platform');
    expect(checkOf(stack).Properties.Engine).toBe('dockerd');
  });

  test('is not guessed from a token', () => {
    const stack = newStack(CHECKED);
    const architecture = new CfnParameter(stack, 'Architecture').valueAsString;
    defineTask(stack, image(), { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.of(architecture) } });
    expect(checkOf(stack).Properties).not.toHaveProperty('Platform');
  });
});

describe('the mode', () => {
  function expectNothing(stack: Stack): void {
    const template = Template.fromStack(stack);
    for (const type of [CHECK, 'AWS::Lambda::Function']) {
      template.resourceCountIs(type, 0);
    }
  }

  test('OFF leaves nothing behind, no function, no asset', () => {
    const app = newApp(CHECKED);
    const stack = new Stack(app, 'Stack', { env: ENV });
    defineTask(stack, image({ mode: PullCheckMode.OFF }));
    const assembly = app.synth();
    expectNothing(stack);
    expect(assembly.getStackByName('Stack').assets.filter(({ packaging }) => packaging === 'zip')).toEqual([]);
    expect(JSON.stringify(assembly.manifest)).not.toContain('PullCheck');
  });

  test('is overridden by the context, for the whole app', () => {
    expect(checkOf(checked({}, { 'cdk-private-registry:pullCheckMode': 'WARN' })).Properties.Mode).toBe('WARN');
    expectNothing(checked({}, { 'cdk-private-registry:pullCheckMode': 'OFF' }));
  });

  test('fails for a context value that is no mode', () => {
    expectError(() => checked({}, { 'cdk-private-registry:pullCheckMode': 'off' }), 'invalidPullCheckMode', '"off"', 'ENFORCE, WARN, OFF');
    expectError(() => checked({ mode: 'enforce' as PullCheckMode }), 'invalidPullCheckMode', 'pullCheck.mode is "enforce"', 'PullCheckMode.ENFORCE');
  });

  test('is OFF for a service without tasks, whatever the context says', () => {
    for (const context of [{}, { 'cdk-private-registry:pullCheckMode': 'ENFORCE' }]) {
      const stack = newStack({ ...CHECKED, ...context });
      new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: RegistryCredentials.placeholder(), desiredCount: 0 });
      Template.fromStack(stack).resourceCountIs(CHECK, 0);
      expectSilence(stack);
    }
  });

  test('is OFF for all containers of a service without tasks', () => {
    const stack = newStack(CHECKED);
    const { registry, taskDefinition } = new PrivateRegistryFargateService(stack, 'Api', {
      image: IMAGE, credentials: RegistryCredentials.placeholder(), desiredCount: 0,
    });
    taskDefinition.addContainer('agent', { image: registry.image('ghcr.io/acme/agent:1', { pinDigest: true }) });
    Template.fromStack(stack).resourceCountIs(CHECK, 0);
    expect(containersOf(stack).map(({ Image }) => Image)).toEqual([IMAGE, 'ghcr.io/acme/agent:1']);
    expectSilence(stack);
  });
});

describe('a secret by name', () => {
  test('is named by the complete ARN that the check finds', () => {
    const stack = newStack(CHECKED);
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: BY_NAME }));
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{ RepositoryCredentials: { CredentialsParameter: { 'Fn::GetAtt': [Match.stringLikeRegexp('PullCheck'), 'CredentialsParameter'] } } }],
    });
    expect(checkOf(stack).Properties.Secret).toBe('ghcr/pull');
  });

  test.each<[string, Record<string, unknown>, Partial<PrivateRegistryFargateServiceProps>]>([
    ['the mode is OFF', CHECKED, { pullCheck: { mode: PullCheckMode.OFF } }],
    ['the context turns the check off', { 'cdk-private-registry:pullCheckMode': 'OFF' }, {}],
    ['the service is scaled to zero', CHECKED, { desiredCount: 0 }],
  ])('is named by the partial ARN, with a warning, if %s', (_, context, props) => {
    const stack = newStack(context);
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: BY_NAME, ...props });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{
        RepositoryCredentials: {
          CredentialsParameter: stack.resolve(stack.formatArn({
            service: 'secretsmanager', resource: 'secret', resourceName: 'ghcr/pull', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          })),
        },
      }],
    });
    expectWarning(stack, 'secretNameNeedsArn', '"ghcr/pull"');
  });
});

describe('pinDigest', () => {
  test('puts the digest into the task definition and keeps the image readable', () => {
    const stack = newStack(CHECKED);
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, pinDigest: true }));
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{
        Image: { 'Fn::GetAtt': [Match.stringLikeRegexp('PullCheck'), 'Image'] },
        DockerLabels: { 'cdk-private-registry.image': IMAGE },
      }],
    });
    expect(checkOf(stack).Properties.PinDigest).toBe('true');
  });

  test('fails without a check', () => {
    expectError(() => defineTask(newStack(CHECKED), new PrivateRegistryImage(IMAGE, {
      credentials: CREDENTIALS, pinDigest: true, pullCheck: { mode: PullCheckMode.OFF },
    })), 'pinDigestWithoutCheck', 'pullCheck.mode');
  });

  test('is warned about when only the context switches the check off', () => {
    const stack = newStack({ 'cdk-private-registry:pullCheckMode': 'OFF' });
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, pinDigest: true }));
    expectWarning(stack, 'digestNotPinned', 'context');
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ Image: IMAGE }] });
  });

  test('is warned about once, however many containers use it', () => {
    const stack = newStack({ 'cdk-private-registry:pullCheckMode': 'OFF' });
    ['One', 'Two'].forEach((id) => defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, pinDigest: true }), {}, id));
    expect(warningIdsOf(stack)).toEqual(['digestNotPinned']);
  });

  test('is warned about with a service that has no tasks', () => {
    const stack = newStack(CHECKED);
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, desiredCount: 0, pinDigest: true });
    expectWarning(stack, 'digestNotPinned', 'desiredCount: 0');
  });

  test('of a registry goes for its images, unless one says otherwise', () => {
    const stack = newStack(CHECKED);
    const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS, pinDigest: true });
    defineTask(stack, registry.image('ghcr.io/acme/api:1'), {}, 'One');
    defineTask(stack, registry.image('ghcr.io/acme/api:2', { pinDigest: false, pullCheck: undefined }), {}, 'Two');
    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.PinDigest)).toEqual(['true', undefined]);
  });
});

describe('what cannot work', () => {
  const vpcIn = (stack: Stack) => new ec2.Vpc(stack, 'Vpc');

  test('fails with a certificate authority that Fargate cannot be given', () => {
    expectSynthError(checked({ caCertificate: CA }), 'caCertificateOnFargate', 'Fargate');
  });

  test('takes a certificate authority for instances', () => {
    const stack = newStack(CHECKED);
    new ecs.Ec2TaskDefinition(stack, 'Task').addContainer('app', { image: image({ caCertificate: CA }), memoryLimitMiB: 512 });
    expect(checkOf(stack).Properties.CaCertificate).toBe(CA);
  });

  test.each([4, 61])('fails with a timeout of %d seconds', (seconds) => {
    expectError(() => checked({ timeout: Duration.seconds(seconds) }), 'invalidPullCheckTimeout', `${seconds}`, '5 to 60');
  });

  test('fails with subnets but no VPC', () => {
    expectError(() => checked({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }), 'pullCheckWithoutVpc', 'pullCheck.vpc');
  });

  test('fails with a placeholder in the same stack, also in a nested one', () => {
    const define = (stack: Stack) => defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.placeholder() }));
    expectError(() => define(newStack(CHECKED)), 'placeholderWithCheck', 'desiredCount: 0');
    const parent = newStack(CHECKED);
    const registry = new PrivateRegistry(parent, 'Registry', { provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder() });
    expectError(() => defineTask(new NestedStack(parent, 'Nested'), registry.image(IMAGE)), 'placeholderWithCheck');
  });

  test('is warned about: a registry inside the network that the check cannot reach', () => {
    const provider = RegistryProvider.harbor('harbor.acme.io', { privateNetwork: true });
    const define = (stack: Stack, pullCheck?: PullCheckOptions) => (
      defineTask(stack, new PrivateRegistryImage('harbor.acme.io/acme/api:1', { credentials: CREDENTIALS, provider, pullCheck }))
    );
    const outside = newStack(CHECKED);
    define(outside);
    expectWarning(outside, 'internalRegistryNeedsVpc', 'harbor.acme.io', 'pullCheck.vpc');
    const inside = newStack(CHECKED);
    define(inside, { vpc: vpcIn(inside) });
    expectSilence(inside);
  });

  test.each<[string, (stack: Stack) => PullCheckOptions]>([
    ['a role that may not be changed', (stack) => ({ role: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/check', { mutable: false }) })],
    ['a function that was defined elsewhere', (stack) => ({
      checkFunction: PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', {
        functionArn: 'arn:aws:lambda:eu-west-1:444455556666:function:check',
      }),
    })],
  ])('is warned about, with the policy to attach: %s', (_what, pullCheck) => {
    const stack = newStack(CHECKED);
    defineTask(stack, image(pullCheck(stack)));
    expect(checkOf(stack).DependsOn).toBeUndefined();
    expectWarning(stack, 'pullCheckPolicyMissing', '"secretsmanager:GetSecretValue"', SECRET_ARN, '"cloudformation:DescribeStacks"');
  });

  test('fails in JavaScript with a number instead of a Duration, and with bytes instead of text', () => {
    expectError(() => checked({ timeout: 30 as never }), 'invalidPullCheckTimeout', 'a value of type number', 'Duration.seconds(30)');
    expectError(() => checked({ caCertificate: Buffer.from('PEM') as never }), 'invalidCaCertificate', 'a value of type object', 'utf8');
  });

  test.each(['./ca.pem', '-----BEGIN CERTIFICATE-----'])('fails with a certificate that is none: %s', (caCertificate) => {
    expectError(() => checked({ caCertificate }), 'invalidCaCertificate', 'is not a certificate', 'pass the content of the file');
  });

  test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])('fails with a certificate that comes with its key: %s', (kind) => {
    const { ca } = makeCertificate(['registry.example.com']);
    const key = `-----BEGIN ${kind}-----\nMIIEv3ry5ecret\n-----END ${kind}-----\n`;
    for (const caCertificate of [ca + key, key + ca, key]) {
      const define = () => checked({ caCertificate });
      expectError(define, 'caCertificateWithPrivateKey', 'pass only what is between -----BEGIN CERTIFICATE-----');
      expect(define).not.toThrow(/MIIE/);
    }
  });

  test('warns about a bundle of certificates, and not about a few', () => {
    const { ca } = makeCertificate(['registry.example.com']);
    for (const [caCertificate, isLarge] of [[ca.repeat(3), false], [ca.repeat(40), true]] as const) {
      const stack = newStack(CHECKED);
      const task = new ecs.Ec2TaskDefinition(stack, 'Task');
      task.addContainer('app', { image: image({ caCertificate }), memoryLimitMiB: 256 });
      if (isLarge) {
        expectWarning(stack, 'caCertificateLarge', 'kB, which each check repeats');
      } else {
        expectSilence(stack);
      }
    }
  });

  test('is only warned about in the mode WARN: a placeholder in the same stack', () => {
    const stack = newStack(CHECKED);
    defineTask(stack, new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.placeholder(), pullCheck: { mode: PullCheckMode.WARN } }));
    expectWarning(stack, 'placeholderBesideTasks', 'Stack/Task/app/Secret');
  });
});
