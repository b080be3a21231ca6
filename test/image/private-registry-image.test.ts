import { App, Aws, CfnParameter, Duration, Fn, Stack, Stage } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as events from 'aws-cdk-lib/aws-events';
import { PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { containersOf, credentialsParametersOf, ENV, FLAG_SETS, IMAGE, newApp, newStack, pullStatementsOf, SECRET_ARN } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, expectTaskWaitsForPolicy } from '../support/tasks';

const OTHER_SECRET_ARN = SECRET_ARN.replace('ghcr', 'quay');

function fargateService(stack: Stack, props: Partial<ecs.FargateServiceProps>): ecs.FargateService {
  return new ecs.FargateService(stack, 'Service', {
    cluster: new ecs.Cluster(stack, 'Cluster'), taskDefinition: defineTask(stack, apiImage()), minHealthyPercent: 100, ...props,
  });
}

function ec2Cluster(stack: Stack): ecs.Cluster {
  return new ecs.Cluster(stack, 'Cluster', { capacity: { instanceType: new ec2.InstanceType('t3.micro') } });
}

function addContainer(task: ecs.TaskDefinition): void {
  task.addContainer('app', { image: apiImage(), memoryLimitMiB: 512 });
}

/** Every construct that takes a ContainerImage. */
const CONSTRUCTS: Array<[string, (stack: Stack) => unknown]> = [
  ['ApplicationLoadBalancedFargateService', (stack) => new patterns.ApplicationLoadBalancedFargateService(stack, 'Api', {
    taskImageOptions: { image: apiImage() },
  })],
  ['NetworkLoadBalancedFargateService', (stack) => new patterns.NetworkLoadBalancedFargateService(stack, 'Api', {
    taskImageOptions: { image: apiImage() },
  })],
  ['ApplicationMultipleTargetGroupsFargateService', (stack) => new patterns.ApplicationMultipleTargetGroupsFargateService(stack, 'Api', {
    taskImageOptions: { image: apiImage() },
  })],
  ['QueueProcessingFargateService', (stack) => new patterns.QueueProcessingFargateService(stack, 'Worker', { image: apiImage() })],
  ['ScheduledFargateTask', (stack) => new patterns.ScheduledFargateTask(stack, 'Nightly', {
    schedule: events.Schedule.rate(Duration.days(1)), scheduledFargateTaskImageOptions: { image: apiImage() },
  })],
  ['ApplicationLoadBalancedEc2Service', (stack) => new patterns.ApplicationLoadBalancedEc2Service(stack, 'Api', {
    cluster: ec2Cluster(stack), memoryLimitMiB: 512, taskImageOptions: { image: apiImage() },
  })],
  ['FargateTaskDefinition', (stack) => defineTask(stack, apiImage())],
  ['Ec2TaskDefinition', (stack) => addContainer(new ecs.Ec2TaskDefinition(stack, 'Task'))],
  ['ExternalTaskDefinition', (stack) => addContainer(new ecs.ExternalTaskDefinition(stack, 'Task'))],
  ['FargateService', (stack) => fargateService(stack, {})],
  ['FargateService with CODE_DEPLOY', (stack) => fargateService(stack, {
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
  })],
];

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test.each(CONSTRUCTS)('works in %s', (_name, define) => {
    const stack = newStack(flags);
    define(stack);

    expect(containersOf(stack).map(({ Image }) => Image)).toEqual([IMAGE]);
    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expect(pullStatementsOf(stack)).toEqual([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN }]);
    expectTaskWaitsForPolicy(stack);
    expectSilence(stack);
  });

  test('containers of several registries: each its own secret, all in one policy', () => {
    const stack = newStack(flags);
    const task = defineTask(stack, apiImage());
    task.addContainer('sidecar', {
      image: new PrivateRegistryImage('quay.io/acme/proxy:2', { credentials: RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET_ARN) }),
    });
    task.addContainer('public', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1') });

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN, OTHER_SECRET_ARN, undefined]);
    expect(pullStatementsOf(stack).flatMap(({ Resource }) => Resource)).toEqual([SECRET_ARN, OTHER_SECRET_ARN]);
    expectTaskWaitsForPolicy(stack);
  });
});

describe('one image object', () => {
  test('in several stacks and Stages', () => {
    const image = apiImage();
    const app = newApp();
    const stacks = [
      ...['One', 'Two'].map((id) => new Stack(app, id, { env: ENV })),
      ...['Beta', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Stack', { env: ENV })),
    ];
    stacks.forEach((stack) => defineTask(stack, image));

    for (const stack of stacks) {
      expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
      expectTaskWaitsForPolicy(stack);
    }
    expectSilence(...stacks);
  });

  test('in several task definitions of a stack', () => {
    const image = apiImage();
    const stack = newStack();
    defineTask(stack, image, {}, 'One');
    defineTask(stack, image, {}, 'Two');

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN, SECRET_ARN]);
    expect(pullStatementsOf(stack)).toHaveLength(2);
  });

  test('in several apps', () => {
    const image = apiImage();
    const stacks = [new App(), new App()].map((app) => new Stack(app, 'Stack', { env: ENV }));
    stacks.forEach((stack) => defineTask(stack, image));

    expectSilence(...stacks);
  });
});

describe('the text of the image', () => {
  test.each([
    'nginx:1', 'acme/api:1', 'docker.io/acme/api:1', 'index.docker.io/acme/api:1', 'GHCR.io/acme/api:1', 'localhost:5000/api:1',
    `ghcr.io/acme/api@sha256:${'a'.repeat(64)}`, `ghcr.io/acme/api:1@sha256:${'a'.repeat(64)}`,
  ])('stays as it is: %s', (image) => {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage(image, { credentials: CREDENTIALS }));

    expect(containersOf(stack)[0].Image).toBe(image);
    expectSilence(stack);
  });

  test.each(['ghcr.io/acme/api', 'ghcr.io/acme/api:latest'])('without a tag that stays is warned about: %s', (image) => {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage(image, { credentials: CREDENTIALS }));

    expect(containersOf(stack)[0].Image).toBe(image);
    expectWarning(stack, 'imageWithoutFixedTag', JSON.stringify(image), 'digest');
  });

  test('latest beside a digest is information only', () => {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/api:latest@sha256:${'a'.repeat(64)}`, { credentials: CREDENTIALS }));

    expectSilence(stack);
  });
});

describe('a reference with tokens', () => {
  function define(imageIn: (stack: Stack) => string, provider?: RegistryProvider): Stack {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage(imageIn(stack), { credentials: CREDENTIALS, provider }));
    return stack;
  }
  const parameter = (stack: Stack) => new CfnParameter(stack, 'Value').valueAsString;

  test.each<[string, string, (stack: Stack) => string, RegistryProvider | undefined]>([
    ['the tag', 'ghcr.io/acme/api:', (stack) => `ghcr.io/acme/api:${parameter(stack)}`, undefined],
    ['the digest', 'ghcr.io/acme/api@', (stack) => `ghcr.io/acme/api@${parameter(stack)}`, undefined],
    ['the repository', 'ghcr.io/', (stack) => `ghcr.io/${parameter(stack)}`, undefined],
    ['the tag of an image of Docker Hub', 'acme/api:', (stack) => `acme/api:${parameter(stack)}`, undefined],
    ['the tag, with the provider', 'ghcr.io/acme/api:', (stack) => `ghcr.io/acme/api:${parameter(stack)}`, RegistryProvider.GHCR],
  ])('%s: the host is known', (_, prefix, imageIn, provider) => {
    const stack = define(imageIn, provider);

    expect(containersOf(stack)[0].Image).toEqual({ 'Fn::Join': ['', [prefix, { Ref: 'Value' }]] });
    expectSilence(stack);
  });

  test('all of it, with the provider', () => {
    const stack = define(parameter, RegistryProvider.GHCR);

    expect(containersOf(stack)[0].Image).toEqual({ Ref: 'Value' });
    expectSilence(stack);
  });

  test.each<[string, (stack: Stack) => string]>([
    ['all of it', parameter],
    ['the host', (stack) => `${parameter(stack)}/acme/api:1`],
    ['what may be a port', (stack) => `registry:${parameter(stack)}`],
    ['the account of ECR', () => `${Aws.ACCOUNT_ID}.dkr.ecr.eu-west-1.amazonaws.com/api:1`],
  ])('fails without a provider: %s', (_, imageIn) => {
    expectError(() => define(imageIn), 'unknownRegistry', 'RegistryProvider.GHCR', 'fromEcrRepository()');
  });

  test('fails with the provider of another registry', () => {
    expectError(() => define((stack) => `quay.io/acme/api:${parameter(stack)}`, RegistryProvider.GHCR), 'imageHostMismatch', 'quay.io', 'ghcr.io');
  });

  test('fails with a fault before the first token', () => {
    expectError(() => define((stack) => `https://ghcr.io/acme/api:${parameter(stack)}`), 'invalidImageReference', 'https://');
    expectError(() => define((stack) => `https://ghcr.io/acme/api:${parameter(stack)}`, RegistryProvider.GHCR), 'invalidImageReference', 'https://');
  });

  test('fails for ECR with a tag that is not known', () => {
    expectError(() => define((stack) => `111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:${Fn.ref('Value')}${stack.stackId}`), 'ecrImage');
  });
});

describe('the provider', () => {
  test('serves its aliases', () => {
    const stack = newStack();
    const provider = RegistryProvider.custom('registry.example.com', { aliases: ['mirror.example.com'] });
    defineTask(stack, new PrivateRegistryImage('mirror.example.com/acme/api:1', { credentials: CREDENTIALS, provider }));

    expectSilence(stack);
  });

  test.each([
    ['quay.io/acme/api:1', RegistryProvider.GHCR, 'quay.io', 'ghcr.io'],
    ['acme/api:1', RegistryProvider.GHCR, 'docker.io', 'ghcr.io'],
    ['ghcr.io/acme/api:1', RegistryProvider.DOCKER_HUB, 'ghcr.io', 'docker.io'],
    ['registry.example.com:5000/api:1', RegistryProvider.custom('registry.example.com'), 'registry.example.com:5000', 'registry.example.com'],
  ])('fails for an image of another registry: %s', (image, provider, host, expected) => {
    expectError(() => new PrivateRegistryImage(image, { credentials: CREDENTIALS, provider }),
      'imageHostMismatch', image, `registry ${host}`, `for ${expected}`, `begins with "${expected}/"`);
  });
});

test.each([
  ['gitlab.example.com:5050', RegistryProvider.selfManagedGitlab('gitlab.example.com')],
  ['registry.example.com:5000', RegistryProvider.custom('registry.example.com:8443')],
  ['registry.example.com', RegistryProvider.custom('registry.example.com:8443')],
])('where only the port of %s differs, the provider is what lacks it', (host, provider) => {
  expectError(() => new PrivateRegistryImage(`${host}/api:1`, { credentials: CREDENTIALS, provider }),
    'imageHostMismatch', `; create the provider with "${host}" if that is the port of the registry, or use an image that begins with "${provider.host}/"`);
});

describe('a host that is almost the one of a known registry', () => {
  const imageAt = (host: string, provider?: RegistryProvider) => new PrivateRegistryImage(`${host}/acme/api:1.4.2`, { credentials: CREDENTIALS, provider });

  test('is a warning with the host that was probably meant', () => {
    const stack = newStack();
    defineTask(stack, imageAt('ghrc.io'));

    expectWarning(stack, 'misspelledRegistryHost', '"ghrc.io/acme/api:1.4.2" is in the registry ghrc.io, which is almost ghcr.io', 'RegistryProvider.custom("ghrc.io")');
  });

  test('is a warning if the tag is not known', () => {
    const stack = newStack();
    defineTask(stack, imageAt(`ghrc.io/${new CfnParameter(stack, 'Value').valueAsString}`));

    expectWarning(stack, 'misspelledRegistryHost', 'in the registry ghrc.io');
  });

  test.each([
    ['its provider is named', 'ghrc.io', RegistryProvider.custom('ghrc.io')],
    ['another registry has it', 'gcr.io', undefined],
    ['nobody\'s is near', 'lscr.io', undefined],
  ])('is silent if %s', (_, host, provider) => {
    const stack = newStack();
    defineTask(stack, imageAt(host, provider));

    expectSilence(stack);
  });
});

describe('Amazon ECR', () => {
  test.each([
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com', '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com',
    '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn', '111122223333.dkr-ecr.eu-west-1.on.aws', '111122223333.dkr-ecr-fips.us-east-1.on.aws',
    '111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', '111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov',
    '111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', '111122223333.DKR.ECR.eu-west-1.amazonaws.com',
  ])('fails: %s', (host) => {
    expectError(() => new PrivateRegistryImage(`${host}/acme/api:1`, { credentials: CREDENTIALS }), 'ecrImage', host, 'ecs.ContainerImage.fromEcrRepository()');
  });

  test('fails also with a provider for the host', () => {
    const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

    expectError(() => new PrivateRegistryImage(`${host}/api:1`, { credentials: CREDENTIALS, provider: RegistryProvider.custom(host) }), 'ecrImage');
  });

  test.each([
    '111122223333.dkr.ecr.evil.com', '111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.com', '1.dkr.ecr.eu-west-1.amazonaws.com',
    'x111122223333.dkr.ecr.eu-west-1.amazonaws.com', 'ecr.eu-west-1.amazonaws.com',
  ])('a host that only looks like it is another registry: %s', (host) => {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage(`${host}/acme/api:1`, { credentials: CREDENTIALS }));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectSilence(stack);
  });

  test('the public registry is warned about, with and without a tag that is known', () => {
    const stack = newStack();
    defineTask(stack, new PrivateRegistryImage('public.ecr.aws/nginx/nginx:1', { credentials: CREDENTIALS }));
    expectWarning(stack, 'publicEcrImage', 'public.ecr.aws/nginx/nginx:1', 'fromRegistry()', 'without credentials');

    const other = newStack();
    defineTask(other, new PrivateRegistryImage(`public.ecr.aws/nginx/nginx:${Fn.ref('AWS::StackName')}`, { credentials: CREDENTIALS }));
    expectWarning(other, 'publicEcrImage');
  });
});
