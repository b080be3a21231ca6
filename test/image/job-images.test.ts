import { Aspects, Aws, CfnCondition, Fn, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { PrivateRegistryImage, PrivateRegistryImageOptions, RegistryCredentials } from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectError, expectSilence, expectSynthError, expectWarning } from '../support/errors';
import { defineJob, defineMultiNodeJob, ec2Container, fargateContainer, jobContainersOf } from '../support/jobs';
import { CHECKED, ENV, FLAG_SETS, IMAGE, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, templateOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, ecsRole, ownSecret, rawImage, rawSecret } from '../support/tasks';

const JOB = 'AWS::Batch::JobDefinition';
const CHECK = 'Custom::PrivateRegistryPullCheck';

const KINDS: Array<[string, (scope: Construct, image: ecs.ContainerImage) => void]> = [
  ['Fargate', (scope, image) => defineJob(scope, image)],
  ['EC2', (scope, image) => new batch.EcsJobDefinition(scope, 'Job', { container: ec2Container(scope, image) })],
  ['several nodes', (scope, image) => defineMultiNodeJob(scope, [image, image])],
];

function imageWith(options: Partial<PrivateRegistryImageOptions>): PrivateRegistryImage {
  return new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, ...options });
}

function jobOf(stack: Stack): any {
  return resourcesOf(stack, JOB)[0];
}

function credentialsOf(stack: Stack): any[] {
  return resourcesOf(stack, JOB).flatMap(jobContainersOf).map(({ RepositoryCredentials }) => RepositoryCredentials?.CredentialsParameter);
}

/** What a resource waits for, by the types of its dependencies. */
function waitsFor(stack: Stack, { DependsOn = [] }: any): string[] {
  const { Resources } = templateOf(stack);
  return DependsOn.map((id: string) => Resources[id].Type).sort();
}

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  test.each(KINDS)('a job on %s has the credentials, which aws-cdk-lib drops, and nothing else differs', (_kind, define) => {
    const raw = newStack(flags);
    define(raw, rawImage(rawSecret(raw)));
    // Both write the same when https://github.com/aws/aws-cdk/issues/37003 is fixed.
    expect(new Set(credentialsOf(raw))).toEqual(new Set([undefined]));

    const stack = newStack(flags);
    define(stack, apiImage());
    expect(new Set(credentialsOf(stack))).toEqual(new Set([SECRET_ARN]));
    expect(waitsFor(stack, jobOf(stack))).toEqual(jobContainersOf(jobOf(stack)).map(() => 'AWS::IAM::Policy'));
    expect(pullStatementsOf(stack).flatMap(({ Resource }) => Resource)).toEqual(pullStatementsOf(raw).flatMap(({ Resource }) => Resource));

    const template = templateOf(stack);
    for (const job of Object.values<any>(template.Resources).filter(({ Type }) => Type === JOB)) {
      delete job.DependsOn;
      jobContainersOf(job).forEach((container) => delete container.RepositoryCredentials);
    }
    expect(withoutActions(template)).toEqual(withoutActions(templateOf(raw)));
  });

  test.each(KINDS)('a job on %s is made after the check and the policy, and CloudFormation finds an order', (_kind, define) => {
    const stack = newStack({ ...flags, ...CHECKED });
    define(stack, apiImage());
    expect(new Set(waitsFor(stack, jobOf(stack)))).toEqual(new Set(['AWS::IAM::Policy', CHECK]));
    expect(resourcesOf(stack, CHECK)).toHaveLength(1);
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
  });
});

/** aws-cdk-lib also grants `DescribeSecret`, which nothing needs. */
function withoutActions(template: any): unknown {
  return JSON.parse(JSON.stringify(template, (key, value) => key === 'PolicyDocument' ? undefined : value));
}

describe('the check', () => {
  test.each<[string, Partial<batch.EcsFargateContainerDefinitionProps>, string | undefined]>([
    ['nothing, which is the default of Fargate', {}, 'linux/amd64'],
    ['ARM64', { fargateCpuArchitecture: ecs.CpuArchitecture.ARM64 }, 'linux/arm64'],
    ['Windows', { fargateOperatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2019_CORE, readonlyRootFilesystem: false }, 'windows/amd64'],
    ['a family that is not known', { fargateOperatingSystemFamily: ecs.OperatingSystemFamily.of(Aws.REGION) }, undefined],
  ])('has the platform of a job on Fargate with %s', (_name, props, platform) => {
    const stack = newStack(CHECKED);
    defineJob(stack, apiImage(), props);
    expect(resourcesOf(stack, CHECK)[0].Properties).toMatchObject({ Engine: 'containerd', ...platform && { Platform: platform } });
    expect(resourcesOf(stack, CHECK)[0].Properties.Platform).toEqual(platform);
  });

  test('has the platform that an override gives the job', () => {
    const stack = newStack(CHECKED);
    const job = defineJob(stack, imageWith({ pinDigest: true })).node.defaultChild as batch.CfnJobDefinition;
    job.addPropertyOverride('ContainerProperties.RuntimePlatform.CpuArchitecture', 'ARM64');
    expect(resourcesOf(stack, CHECK)[0].Properties.Platform).toBe('linux/arm64');
  });

  test('has no platform where instances decide, and the engine of the ECS agent', () => {
    const stack = newStack(CHECKED);
    defineMultiNodeJob(stack, [apiImage(), apiImage()]);
    const [{ Properties }] = resourcesOf(stack, CHECK);
    expect(Properties).toMatchObject({ Image: IMAGE, Engine: 'dockerd' });
    expect(Properties.Platform).toBeUndefined();
  });

  test('has no engine where the job can run on both', () => {
    const stack = newStack(CHECKED);
    const job = defineJob(stack, apiImage()).node.defaultChild as batch.CfnJobDefinition;
    job.platformCapabilities = ['EC2', 'FARGATE'];
    expect(resourcesOf(stack, CHECK)[0].Properties.Engine).toBeUndefined();
  });

  test('is shared by jobs and tasks on Fargate, with all of their platforms', () => {
    const stack = newStack(CHECKED);
    const image = apiImage();
    defineTask(stack, image);
    defineJob(stack, image, {}, 'Amd');
    defineJob(stack, image, { fargateCpuArchitecture: ecs.CpuArchitecture.ARM64 }, 'Arm');
    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.Platform)).toEqual([['linux/amd64', 'linux/arm64']]);
    for (const user of [...resourcesOf(stack, JOB), ...resourcesOf(stack, 'AWS::ECS::TaskDefinition')]) {
      expect(waitsFor(stack, user)).toContain(CHECK);
    }
  });

  test('is another one on EC2, whose engine refuses other things', () => {
    const stack = newStack(CHECKED);
    defineJob(stack, apiImage());
    new batch.EcsJobDefinition(stack, 'OnInstances', { container: ec2Container(stack, apiImage()) });
    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.Engine).sort()).toEqual(['containerd', 'dockerd']);
  });

  test('gives the job the digest and the ARN of a secret by name', () => {
    const stack = newStack(CHECKED);
    defineJob(stack, imageWith({ credentials: RegistryCredentials.fromSecretName('ghcr-pull'), pinDigest: true }));
    const [check] = Object.keys(Template.fromStack(stack).findResources(CHECK));
    expect(jobContainersOf(jobOf(stack))).toEqual([expect.objectContaining({
      Image: { 'Fn::GetAtt': [check, 'Image'] },
      RepositoryCredentials: { CredentialsParameter: { 'Fn::GetAtt': [check, 'CredentialsParameter'] } },
    })]);
  });

  test('gives each node its own digest', () => {
    const stack = newStack(CHECKED);
    const other = new PrivateRegistryImage('ghcr.io/acme/worker:2', { credentials: CREDENTIALS, pinDigest: true });
    defineMultiNodeJob(stack, [apiImage(), other]);
    const checks = Object.entries<any>(Template.fromStack(stack).findResources(CHECK, { Properties: { Image: 'ghcr.io/acme/worker:2' } }));
    expect(jobContainersOf(jobOf(stack)).map(({ Image }) => Image)).toEqual([IMAGE, { 'Fn::GetAtt': [checks[0][0], 'Image'] }]);
  });
});

describe('what the user decides', () => {
  function jobWith(override: (job: batch.CfnJobDefinition) => void, options: Partial<PrivateRegistryImageOptions> = {}): Stack {
    const stack = newStack(CHECKED);
    override(defineJob(stack, imageWith(options)).node.defaultChild as batch.CfnJobDefinition);
    return stack;
  }

  function onlyHere(stack: Stack): CfnCondition {
    return new CfnCondition(stack, 'OnlyHere', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
  }

  test('credentials by an override stay, and then the check stops nothing', () => {
    const stack = jobWith((job) => job.addPropertyOverride('ContainerProperties.RepositoryCredentials.CredentialsParameter', 'arn:of-the-user'));
    expect(credentialsOf(stack)).toEqual(['arn:of-the-user']);
    expect(resourcesOf(stack, CHECK)[0].Properties.Mode).toBe('WARN');
  });

  test('credentials that are deleted stay deleted', () => {
    const stack = jobWith((job) => job.addPropertyDeletionOverride('ContainerProperties.RepositoryCredentials'));
    expect(credentialsOf(stack)).toEqual([undefined]);
  });

  test('an image by an override stays where the digest would be, and then the check stops nothing', () => {
    const stack = jobWith((job) => job.addPropertyOverride('ContainerProperties.Image', 'ghcr.io/acme/own:1'), { pinDigest: true });
    expect(jobContainersOf(jobOf(stack))[0].Image).toBe('ghcr.io/acme/own:1');
    expect(resourcesOf(stack, CHECK)[0].Properties.Mode).toBe('WARN');
  });

  test('properties that are a function of CloudFormation are left alone', () => {
    const properties = { 'Fn::If': ['OnlyHere', { Image: 'a' }, { Image: 'b' }] };
    const stack = jobWith((job) => {
      onlyHere(job.stack);
      job.addPropertyOverride('ContainerProperties', properties);
    });
    expect(jobOf(stack).Properties.ContainerProperties).toEqual(properties);
    expect(resourcesOf(stack, CHECK)[0].Properties.Mode).toBe('WARN');
  });

  test('a role of the user gets the policy for the pull alone', () => {
    const stack = newStack();
    defineJob(stack, apiImage(), { executionRole: ecsRole(stack) });
    expect(credentialsOf(stack)).toEqual([SECRET_ARN]);
    expect(jobOf(stack).DependsOn).toEqual([expect.stringContaining('PrivateRegistryPullPolicy')]);
  });

  test('a role that Batch cannot assume is an error', () => {
    const stack = newStack();
    defineJob(stack, apiImage(), { executionRole: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('batch.amazonaws.com') }) });
    expectSynthError(stack, 'executionRoleNotAssumable', 'Stack/Role', 'ecs-tasks.amazonaws.com');
  });

  test('a role that an override replaces is not judged, but the other one may lack the policy', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('batch.amazonaws.com') });
    const job = defineJob(stack, apiImage(), { executionRole: role }).node.defaultChild as batch.CfnJobDefinition;
    job.addPropertyOverride('ContainerProperties.ExecutionRoleArn', 'arn:aws:iam::111122223333:role/other');
    Template.fromStack(stack);
    expectWarning(stack, 'executionRoleReplaced', 'Stack/Role', 'Stack/Job/Resource', 'arn:aws:iam::111122223333:role/other');
    expectSilence(stack);
  });

  test('a role that this app cannot change is an error with the job', () => {
    const stack = newStack();
    const executionRole = iam.Role.fromRoleName(stack, 'Role', 'execution', { mutable: false });
    defineJob(stack, apiImage(), { executionRole });
    expectError(() => templateOf(stack), 'executionRoleImmutable', '"execution"', 'Stack/Job');
  });

  test('the condition of the job is that of its check and of its policy', () => {
    const stack = newStack(CHECKED);
    const job = defineJob(stack, apiImage(), { executionRole: ecsRole(stack) }).node.defaultChild as batch.CfnJobDefinition;
    job.cfnOptions.condition = onlyHere(stack);
    expect(resourcesOf(stack, CHECK)[0].Condition).toBe('OnlyHere');
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policies.find(([id]) => id.startsWith('PrivateRegistryPullPolicy'))![1].Condition).toBe('OnlyHere');
  });
});

describe('a container', () => {
  test('can be in two jobs, also with credentials that create a secret', () => {
    const stack = newStack();
    const container = fargateContainer(stack, imageWith({ credentials: RegistryCredentials.fromParameters() }));
    new batch.EcsJobDefinition(stack, 'One', { container });
    new batch.EcsJobDefinition(stack, 'Other', { container });
    const [secret] = Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
    expect(credentialsOf(stack)).toEqual([{ Ref: secret }, { Ref: secret }]);
    for (const job of resourcesOf(stack, JOB)) {
      expect(waitsFor(stack, job)).toEqual(['AWS::IAM::Policy']);
    }
  });

  test('can be on several nodes', () => {
    const stack = newStack();
    const container = ec2Container(stack, apiImage());
    const job = new batch.MultiNodeJobDefinition(stack, 'Job', { containers: [{ startNode: 0, endNode: 1, container }] });
    job.addContainer({ startNode: 2, endNode: 5, container });
    expect(credentialsOf(stack)).toEqual([SECRET_ARN, SECRET_ARN]);
  });

  test('can be beside one with another image', () => {
    const stack = newStack();
    defineMultiNodeJob(stack, [ecs.ContainerImage.fromRegistry('nginx:1.27'), apiImage()]);
    expect(credentialsOf(stack)).toEqual([undefined, SECRET_ARN]);
  });

  test('of another stack is checked in the stack of the job', () => {
    const app = newApp(CHECKED);
    const owner = new Stack(app, 'Owner', { env: ENV });
    const stack = new Stack(app, 'Jobs', { env: ENV });
    const container = fargateContainer(owner, imageWith({ pinDigest: true }));
    new batch.EcsJobDefinition(stack, 'Job', { container });
    const [check] = Object.keys(Template.fromStack(stack).findResources(CHECK));
    expect(jobContainersOf(jobOf(stack))[0].Image).toEqual({ 'Fn::GetAtt': [check, 'Image'] });
    expect(new Set(waitsFor(stack, jobOf(stack)))).toEqual(new Set(['AWS::IAM::Policy', CHECK]));
    expect(resourcesOf(owner, CHECK)).toEqual([]);
  });

  test('reads the secret and the key of another stack', () => {
    const app = newApp();
    const owner = new Stack(app, 'Owner', { env: ENV });
    const stack = new Stack(app, 'Jobs', { env: ENV });
    defineJob(stack, imageWith({ credentials: RegistryCredentials.fromSecret(ownSecret(owner)) }));
    expect(credentialsOf(stack)).toEqual([{ 'Fn::ImportValue': expect.stringContaining('Owner:ExportsOutputRefSecret') }]);
  });

  test('in a Stage gets its credentials', () => {
    const app = newApp();
    const stack = new Stack(new Stage(app, 'Prod', { env: ENV }), 'Stack');
    defineJob(stack, apiImage());
    expect(credentialsOf(stack)).toEqual([SECRET_ARN]);
  });

  test('that logs into a group of its own closes no cycle', () => {
    const stack = newStack(CHECKED);
    defineJob(stack, apiImage(), { logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'job' }) });
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    expect(credentialsOf(stack)).toEqual([SECRET_ARN]);
  });

  test('in no job is a warning, and adds nothing', () => {
    const stack = newStack(CHECKED);
    const raw = newStack();
    fargateContainer(stack, apiImage());
    fargateContainer(raw, ecs.ContainerImage.fromRegistry(IMAGE));
    expectWarningAfterSynth(stack, IMAGE, 'EcsJobDefinition');
    expect(templateOf(stack)).toEqual(templateOf(raw));
  });

  function expectWarningAfterSynth(stack: Stack, ...texts: string[]): void {
    templateOf(stack);
    expectWarning(stack, 'imageWithoutJob', ...texts);
  }
});

describe('anything else', () => {
  test('on EKS is an error that names the secrets of Kubernetes', () => {
    const stack = newStack();
    expectError(() => new batch.EksContainerDefinition(stack, 'Container', { image: apiImage() }), 'notATaskDefinition', IMAGE, 'imagePullSecrets');
  });

  test('that aws-cdk-lib does not know is an error', () => {
    const stack = newStack();
    const fake = { taskDefinition: { obtainExecutionRole: () => ecsRole(stack) } };
    expectError(() => apiImage().bind(stack, fake as any), 'notATaskDefinition', IMAGE, 'AWS Batch');
  });
});

describe('other Aspects', () => {
  const BOUNDARY = 'arn:aws:iam::111122223333:policy/boundary';

  test.each([true, false, undefined])('see what is made for a job, with aspectStabilization %s', (stabilization) => {
    for (const priority of [50, 500, 1000]) {
      const stack = newStack({ ...CHECKED, ...stabilization === undefined ? {} : { '@aws-cdk/core:aspectStabilization': stabilization } });
      defineJob(stack, apiImage(), { executionRole: ecsRole(stack) });
      iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', BOUNDARY));
      Tags.of(stack).add('team', 'jobs', { priority });
      const { Resources } = templateOf(stack);
      const made = Object.values<any>(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role' || Type === 'AWS::Lambda::Function');
      expect(made.length).toBeGreaterThan(2);
      for (const { Properties, Type } of made) {
        expect(Properties.Tags).toEqual([{ Key: 'team', Value: 'jobs' }]);
        expect(Type === 'AWS::IAM::Role' ? Properties.PermissionsBoundary : BOUNDARY).toBe(BOUNDARY);
      }
    }
  });

  /** What an Aspect does once, where it comes to the construct. */
  function once(scope: IConstruct, target: IConstruct, action: () => void, priority = 500): void {
    let isDone = false;
    Aspects.of(scope).add({
      visit: (node) => {
        if (node === target && !isDone) {
          isDone = true;
          action();
        }
      },
    }, { priority });
  }

  test.each([50, 500, 900])('can define a job, the first of the app or another, with priority %d', (priority) => {
    for (const before of [0, 1]) {
      const stack = newStack(CHECKED);
      if (before) {
        defineJob(stack, apiImage());
      }
      const last = ecsRole(stack);
      once(stack, last, () => defineJob(stack, apiImage(), { executionRole: last }, 'Late'), priority);
      expect(credentialsOf(stack)).toEqual(Array(before + 1).fill(SECRET_ARN));
      for (const job of resourcesOf(stack, JOB)) {
        expect(waitsFor(stack, job)).toEqual(expect.arrayContaining(['AWS::IAM::Policy', CHECK]));
      }
    }
  });

  test('can define the job of a container that exists', () => {
    const stack = newStack();
    const container = fargateContainer(stack, apiImage());
    once(stack, container, () => new batch.EcsJobDefinition(stack, 'Late', { container }));
    expect(credentialsOf(stack)).toEqual([SECRET_ARN]);
    expect(waitsFor(stack, jobOf(stack))).toEqual(['AWS::IAM::Policy']);
  });

  test('can add a node with a new container', () => {
    const stack = newStack();
    const job = defineMultiNodeJob(stack, [apiImage()]);
    once(stack, job, () => job.addContainer({ startNode: 1, endNode: 1, container: ec2Container(stack, apiImage(), {}, 'Late') }));
    expect(credentialsOf(stack)).toEqual([SECRET_ARN, SECRET_ARN]);
  });

  test('that add a node with a container too late are an error', () => {
    const stack = newStack();
    const job = defineMultiNodeJob(stack, [apiImage()]);
    const { container } = job.containers[0];
    once(stack, ecsRole(stack, {}, 'Z'), () => job.addContainer({ startNode: 1, endNode: 1, container }), 1000);
    expectSynthError(stack, 'jobContainerTooLate', IMAGE, 'NodeProperties.NodeRangeProperties.1.Container');
  });
});

test('150 stacks with a job each are synthesized', () => {
  const app = newApp(CHECKED);
  const stacks = Array.from({ length: 150 }, (_, index) => new Stack(app, `Stack${index}`, { env: ENV }));
  stacks.forEach((stack) => defineJob(stack, apiImage()));
  const assembly = app.synth();
  for (const { template } of assembly.stacks) {
    const jobs = Object.values<any>(template.Resources).filter(({ Type }) => Type === JOB);
    expect(jobs.flatMap(jobContainersOf)).toEqual([expect.objectContaining({ RepositoryCredentials: { CredentialsParameter: SECRET_ARN } })]);
  }
});
