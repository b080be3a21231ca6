import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  IPrivateRegistry, PrivateRegistry, PrivateRegistryBuildImage, PrivateRegistryProps, PullCheckMode, RegistryCredentials, RegistryProvider,
} from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectError, expectSilence, expectSynthError, expectWarning } from '../support/errors';
import { CHECKED, ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, templateOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask } from '../support/tasks';

const CHECK = 'Custom::PrivateRegistryPullCheck';
const PROJECT = 'AWS::CodeBuild::Project';
const WITH_KEY = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN });
const BUILD_SPEC = codebuild.BuildSpec.fromObject({ version: '0.2' });

function registryIn(scope: Construct, props: Partial<PrivateRegistryProps> = {}): PrivateRegistry {
  return new PrivateRegistry(scope, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS, ...props });
}

function defineProject(scope: Construct, buildImage: codebuild.IBuildImage, props: Partial<codebuild.ProjectProps> = {}, id = 'Build'): codebuild.Project {
  return new codebuild.Project(scope, id, { buildSpec: BUILD_SPEC, ...props, environment: { buildImage, ...props.environment } });
}

function armImage(registry: IPrivateRegistry): PrivateRegistryBuildImage {
  return registry.buildImage(codebuild.LinuxArmBuildImage.fromDockerRegistry(IMAGE));
}

function environmentOf(stack: Stack): any {
  return resourcesOf(stack, PROJECT)[0].Properties.Environment;
}

/** An image for an environment that aws-cdk-lib has no class for. */
function imageFor(type: string, image: codebuild.IBuildImage = codebuild.LinuxBuildImage.fromDockerRegistry(IMAGE)): codebuild.IBuildImage {
  return {
    type,
    imageId: image.imageId,
    defaultComputeType: codebuild.ComputeType.LARGE,
    validate: () => [],
    runScriptBuildspec: (entrypoint) => image.runScriptBuildspec(entrypoint),
  };
}

function fleetIn(scope: Construct, environmentType: codebuild.EnvironmentType): codebuild.Fleet {
  return new codebuild.Fleet(scope, 'Fleet', { computeType: codebuild.FleetComputeType.MEDIUM, environmentType, baseCapacity: 1 });
}

type Family = [
  type: string, platform: string | undefined, image: codebuild.IBuildImage, environment: (scope: Construct) => codebuild.BuildEnvironment,
];

const FAMILIES: Family[] = [
  ['LINUX_CONTAINER', 'linux/amd64', codebuild.LinuxBuildImage.fromDockerRegistry(IMAGE), () => ({})],
  ['ARM_CONTAINER', 'linux/arm64', codebuild.LinuxArmBuildImage.fromDockerRegistry(IMAGE), () => ({})],
  ['LINUX_GPU_CONTAINER', 'linux/amd64', imageFor('LINUX_GPU_CONTAINER'), () => ({})],
  ['WINDOWS_SERVER_2019_CONTAINER', undefined, codebuild.WindowsBuildImage.fromDockerRegistry(IMAGE, {}, codebuild.WindowsImageType.SERVER_2019), () => ({})],
  [
    'WINDOWS_SERVER_2022_CONTAINER', undefined, codebuild.WindowsBuildImage.fromDockerRegistry(IMAGE, {}, codebuild.WindowsImageType.SERVER_2022),
    (scope) => ({ fleet: fleetIn(scope, codebuild.EnvironmentType.WINDOWS_SERVER_2022_CONTAINER) }),
  ],
  ['MAC_ARM', undefined, codebuild.MacBuildImage.fromDockerRegistry(IMAGE), (scope) => ({ fleet: fleetIn(scope, codebuild.EnvironmentType.MAC_ARM) })],
  ['LINUX_EC2', undefined, imageFor('LINUX_EC2'), () => ({})],
];

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test.each(FAMILIES)('%s: the project has the credentials, and the check the platform %p', (type, platform, image, environment) => {
    const stack = newStack({ ...CHECKED, ...flags });
    defineProject(stack, registryIn(stack).buildImage(image), { environment: environment(stack) });

    expect(environmentOf(stack)).toMatchObject({
      Type: type,
      Image: IMAGE,
      ImagePullCredentialsType: 'SERVICE_ROLE',
      RegistryCredential: { CredentialProvider: 'SECRETS_MANAGER', Credential: SECRET_ARN },
    });
    const [check] = resourcesOf(stack, CHECK);
    expect(check.Properties).toEqual({
      ServiceToken: expect.anything(),
      ServiceTimeout: 900,
      Image: IMAGE,
      Secret: SECRET_ARN,
      SecretRegion: 'eu-west-1',
      ...platform && { Platform: platform },
      Mode: 'ENFORCE',
      Engine: 'codebuild',
      TimeoutSeconds: 30,
    });
    expectSilence(stack);
  });

  test('the project waits for the check, and for no policy that names it', () => {
    const stack = newStack({ ...CHECKED, ...flags });
    defineProject(stack, armImage(registryIn(stack, { credentials: WITH_KEY })));

    const template = templateOf(stack);
    const [checkId] = Object.keys(Template.fromStack(stack).findResources(CHECK));
    expect(resourcesOf(stack, PROJECT)[0].DependsOn).toEqual([checkId]);
    expect(dependencyCycle(template)).toBeUndefined();
  });

  test('its own role may read and decrypt the secret, where aws-cdk-lib alone omits the key', () => {
    const stack = newStack(flags);
    defineProject(stack, armImage(registryIn(stack, { credentials: WITH_KEY })));
    const raw = newStack(flags);
    const secretsManagerCredentials = secretsmanager.Secret.fromSecretAttributes(raw, 'Secret', {
      secretCompleteArn: SECRET_ARN, encryptionKey: kms.Key.fromKeyArn(raw, 'Key', KEY_ARN),
    });
    defineProject(raw, codebuild.LinuxArmBuildImage.fromDockerRegistry(IMAGE, { secretsManagerCredentials }));

    expect(environmentOf(stack)).toEqual(environmentOf(raw));
    expect(pullStatementsOf(raw).flatMap(({ Action }) => Action).sort()).toEqual(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']);
    expect(pullStatementsOf(stack)).toEqual([
      { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN },
      {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Resource: KEY_ARN,
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
      },
    ]);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toEqual(Object.keys(Template.fromStack(raw).toJSON().Resources));
  });
});

describe('the secret by its name', () => {
  test('is the ARN that the check finds', () => {
    const stack = newStack(CHECKED);
    defineProject(stack, armImage(registryIn(stack, { credentials: RegistryCredentials.fromSecretName('ghcr/pull') })));

    const [checkId] = Object.keys(Template.fromStack(stack).findResources(CHECK));
    expect(environmentOf(stack).RegistryCredential.Credential).toEqual({ 'Fn::GetAtt': [checkId, 'CredentialsParameter'] });
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    expectSilence(stack);
  });

  test('is the name without a check, which CodeBuild accepts with a slash too', () => {
    const stack = newStack();
    defineProject(stack, armImage(registryIn(stack, { credentials: RegistryCredentials.fromSecretName('ghcr/pull') })));

    expect(environmentOf(stack).RegistryCredential.Credential).toBe('ghcr/pull');
    expectSilence(stack);
  });
});

test('pinDigest: the project has the image that the check finds', () => {
  const stack = newStack(CHECKED);
  defineProject(stack, registryIn(stack).buildImage(codebuild.LinuxBuildImage.fromDockerRegistry('ghcr.io/acme/build:latest'), { pinDigest: true }));

  const [[checkId, check]] = Object.entries(Template.fromStack(stack).findResources(CHECK));
  expect(check.Properties).toMatchObject({ Image: 'ghcr.io/acme/build:latest', PinDigest: 'true', Mode: 'ENFORCE', Platform: 'linux/amd64' });
  expect(environmentOf(stack).Image).toEqual({ 'Fn::GetAtt': [checkId, 'Image'] });
  expectSilence(stack);
});

describe('the check', () => {
  test('is shared by all projects with the image, and has the platforms of all', () => {
    const stack = newStack(CHECKED);
    const registry = registryIn(stack);
    const amd = registry.buildImage(codebuild.LinuxBuildImage.fromDockerRegistry(IMAGE));
    defineProject(stack, amd, {}, 'One');
    new codebuild.PipelineProject(stack, 'Two', { environment: { buildImage: amd } });
    defineProject(stack, armImage(registry), {}, 'Three');

    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.Platform)).toEqual([['linux/amd64', 'linux/arm64']]);
    expect(resourcesOf(stack, PROJECT).map(({ DependsOn }) => DependsOn)).toEqual(Array(3).fill([expect.stringContaining('PullCheck')]));
  });

  test('is another one than that of a task, whose engine refuses more', () => {
    const stack = newStack(CHECKED);
    defineProject(stack, armImage(registryIn(stack)));
    defineTask(stack, apiImage());

    expect(resourcesOf(stack, CHECK).map(({ Properties }) => Properties.Engine).sort()).toEqual(['codebuild', 'containerd']);
  });

  test('has the type that an override names, and stops nothing for an image that an override replaces', () => {
    const stack = newStack(CHECKED);
    const registry = registryIn(stack);
    const resourceOf = (id: string, image: string) => (
      defineProject(stack, registry.buildImage(codebuild.LinuxBuildImage.fromDockerRegistry(image)), {}, id).node.defaultChild as codebuild.CfnProject
    );
    resourceOf('Type', 'ghcr.io/acme/one:1').addPropertyOverride('Environment.Type', 'ARM_CONTAINER');
    resourceOf('Image', 'ghcr.io/acme/two:1').addPropertyOverride('Environment.Image', 'aws/codebuild/standard:7.0');
    const third = resourceOf('Property', 'ghcr.io/acme/three:1');
    third.environment = { computeType: 'BUILD_GENERAL1_SMALL', image: 'aws/codebuild/standard:7.0', type: 'LINUX_CONTAINER' };
    resourceOf('Whole', 'ghcr.io/acme/four:1').addPropertyOverride('Environment', { 'Fn::If': ['Some', {}, {}] });

    expect(Object.fromEntries(resourcesOf(stack, CHECK).map(({ Properties: { Image, Platform, Mode } }) => [Image, [Platform, Mode]]))).toEqual({
      'ghcr.io/acme/one:1': ['linux/arm64', 'ENFORCE'],
      'ghcr.io/acme/two:1': [undefined, 'WARN'],
      'ghcr.io/acme/three:1': [undefined, 'WARN'],
      'ghcr.io/acme/four:1': [undefined, 'WARN'],
    });
  });

  test('waits for what the project waits for', () => {
    const stack = newStack(CHECKED);
    const project = defineProject(stack, armImage(registryIn(stack)));
    project.node.addDependency(new codepipeline.CfnWebhook(stack, 'First', {
      authentication: 'IP', authenticationConfiguration: {}, filters: [], targetAction: 'a', targetPipeline: 'p', targetPipelineVersion: 1,
    }));

    expect(resourcesOf(stack, CHECK)[0].DependsOn).toContain('First');
  });
});

describe('the role', () => {
  const imported = (scope: Construct, options: iam.FromRoleArnOptions = {}) => (
    iam.Role.fromRoleArn(scope, 'Role', `arn:aws:iam::${ENV.account}:role/build`, options)
  );

  test('of somebody else gets a policy of its own, for which the project waits', () => {
    const stack = newStack();
    const role = imported(stack);
    defineProject(stack, armImage(registryIn(stack)), { role });

    const [policyId] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .find(([, { Properties }]) => JSON.stringify(Properties).includes('secretsmanager:GetSecretValue'))!;
    expect(policyId).toMatch(/^PrivateRegistryPullPolicy/);
    expect(resourcesOf(stack, PROJECT)[0].DependsOn).toContain(policyId);
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
  });

  test('beside the project, for two projects: one policy, and no cycle', () => {
    const stack = newStack(CHECKED);
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });
    const image = armImage(registryIn(stack));
    defineProject(stack, image, { role }, 'One');
    defineProject(stack, image, { role }, 'Two');

    const policies = resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => JSON.stringify(Properties));
    const roleId = stack.getLogicalId(role.node.defaultChild as iam.CfnRole);
    expect(policies.filter((policy) => policy.includes(`"Ref":"${roleId}"`) && policy.includes('secretsmanager:'))).toHaveLength(1);
    expect(dependencyCycle(templateOf(stack))).toBeUndefined();
    expectSilence(stack);
  });

  test('that this app cannot change is an error, unless its policy is attached elsewhere', () => {
    const stack = newStack();
    const registry = registryIn(stack);
    const role = imported(stack, { mutable: false });

    expectError(() => defineProject(stack, armImage(registry), { role }, 'One'), 'executionRoleImmutable',
      'cannot change the role "arn:', 'its builds could not read the secret', '"secretsmanager:GetSecretValue"');
    const image = registry.buildImage(codebuild.LinuxBuildImage.fromDockerRegistry(IMAGE), { rolePolicyManagedExternally: true });
    defineProject(stack, image, { role }, 'Two');
    expectSilence(stack);
  });

  test('that CodeBuild cannot assume is an error', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    defineProject(stack, armImage(registryIn(stack)), { role });

    expectSynthError(stack, 'executionRoleNotAssumable',
      'the role Stack/Role cannot be assumed by CodeBuild builds', 'ecs-tasks', 'new iam.ServicePrincipal("codebuild.amazonaws.com")');
  });

  test('that an override replaces may lack the policy', () => {
    const stack = newStack();
    const project = defineProject(stack, armImage(registryIn(stack)));
    (project.node.defaultChild as codebuild.CfnProject).addPropertyOverride('ServiceRole', 'arn:aws:iam::111122223333:role/build');
    Template.fromStack(stack);

    expectWarning(stack, 'executionRoleReplaced', 'the role Stack/Build/Role', 'Stack/Build/Resource', 'arn:aws:iam::111122223333:role/build');
  });

  test('of another account is an error', () => {
    const stack = newStack();
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/build');

    expectError(() => defineProject(stack, armImage(registryIn(stack)), { role }), 'executionRoleOfOtherAccount',
      'the builds run in account 111122223333, where CodeBuild cannot use it');
  });

  test('that is customized gets its policy from the report', () => {
    const stack = newStack();
    iam.Role.customizeRoles(stack, { usePrecreatedRoles: { 'Stack/Build/Role': 'build' } });
    const project = defineProject(stack, armImage(registryIn(stack)));

    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expect(environmentOf(stack).RegistryCredential.Credential).toBe(SECRET_ARN);
    expect(project.role).toBeDefined();
  });
});

describe('the image', () => {
  const build = (image: (scope: Stack) => codebuild.IBuildImage, provider = RegistryProvider.GHCR) => () => {
    const stack = newStack();
    return registryIn(stack, { provider }).buildImage(image(stack));
  };

  test('of another registry is an error', () => {
    expectError(build(() => codebuild.LinuxBuildImage.fromDockerRegistry('quay.io/acme/build:1')), 'imageHostMismatch',
      '"quay.io/acme/build:1" is in the registry quay.io', 'for ghcr.io');
  });

  test.each<[string, (scope: Stack) => codebuild.IBuildImage]>([
    ['by its repository', (scope) => codebuild.LinuxBuildImage.fromEcrRepository(new ecr.Repository(scope, 'Repository'))],
    ['by an imported repository', (scope) => (
      codebuild.WindowsBuildImage.fromEcrRepository(ecr.Repository.fromRepositoryName(scope, 'Repository', 'build'))
    )],
    ['by its name', () => codebuild.LinuxBuildImage.fromDockerRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/build:1')],
    ['of AWS, for GPUs', () => codebuild.LinuxGpuBuildImage.DLC_TENSORFLOW_2_1_0_TRAINING],
  ])('of ECR is an error: %s', (_, image) => {
    expectError(build(image), 'ecrImage', 'which CodeBuild pulls from with the role of the project');
  });

  test.each([
    codebuild.LinuxBuildImage.STANDARD_7_0,
    codebuild.LinuxArmBuildImage.AMAZON_LINUX_2_STANDARD_3_0,
    codebuild.LinuxLambdaBuildImage.AMAZON_LINUX_2_NODE_18,
    codebuild.WindowsBuildImage.WIN_SERVER_CORE_2019_BASE,
    codebuild.MacBuildImage.BASE_14,
  ])('that CodeBuild provides is an error, also for Docker Hub, to which its name would belong: $imageId', (image) => {
    expectError(build(() => image, RegistryProvider.DOCKER_HUB), 'curatedBuildImage', image.imageId);
    expectError(build(() => image), 'curatedBuildImage', image.imageId);
  });

  test('with credentials of its own is an error', () => {
    expectError(build((scope) => codebuild.LinuxBuildImage.fromDockerRegistry(IMAGE, {
      secretsManagerCredentials: secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'other'),
    })), 'credentialsAmbiguous', IMAGE, 'secretsManagerCredentials');
  });

  test('without a host is in Docker Hub, and a name that is a token in the registry', () => {
    const stack = newStack();
    const hub = registryIn(stack, { provider: RegistryProvider.DOCKER_HUB });
    defineProject(stack, hub.buildImage(codebuild.LinuxBuildImage.fromDockerRegistry('acme/build:1')));
    defineProject(stack, hub.buildImage(codebuild.LinuxBuildImage.fromDockerRegistry(`${stack.urlSuffix}/build:1`)), {}, 'Token');

    const credentials = resourcesOf(stack, PROJECT).map(({ Properties }) => Properties.Environment.RegistryCredential.Credential);
    expect(credentials).toEqual([SECRET_ARN, SECRET_ARN]);
    expectSilence(stack);
  });

  test('keeps what the build image of aws-cdk-lib validates and does', () => {
    const stack = newStack();
    const windows = codebuild.WindowsBuildImage.fromDockerRegistry(IMAGE);
    const image = registryIn(stack).buildImage(windows);
    const bind = jest.fn(() => ({}));
    const bindable = Object.assign(imageFor('LINUX_GPU_CONTAINER'), { bind });

    expect(() => defineProject(stack, image, { environment: { privileged: true } })).toThrow('Windows images do not support privileged mode');
    expect(image.defaultComputeType).toBe(codebuild.ComputeType.MEDIUM);
    expect(stack.resolve(image.runScriptBuildspec('run').toBuildSpec())).toBe(stack.resolve(windows.runScriptBuildspec('run').toBuildSpec()));
    const project = defineProject(stack, registryIn(new Construct(stack, 'Other')).buildImage(bindable), {}, 'Bindable');
    expect(bind).toHaveBeenCalledWith(project, project, {});
  });

  test('without a registry construct', () => {
    const stack = newStack();
    const latest = codebuild.LinuxBuildImage.fromDockerRegistry('ghcr.io/acme/build');
    defineProject(stack, new PrivateRegistryBuildImage(latest, { credentials: CREDENTIALS }));

    expect(environmentOf(stack).RegistryCredential.Credential).toBe(SECRET_ARN);
    expectWarning(stack, 'imageWithoutFixedTag', 'what starts later can run another image');
  });
});

test('a registry of another stack, whose secret it makes', () => {
  const app: App = newApp(CHECKED);
  const shared = new Stack(app, 'Shared', { env: ENV });
  const key = new kms.Key(shared, 'Key');
  const credentials = RegistryCredentials.placeholder({ encryptionKey: key });
  const registry = registryIn(shared, { credentials, pullCheck: { mode: PullCheckMode.WARN } });
  const stack = new Stack(app, 'Stack', { env: ENV });
  defineProject(stack, armImage(registry));

  expect(pullStatementsOf(stack).map(({ Action }) => Action)).toContain('kms:Decrypt');
  Template.fromStack(stack).hasResourceProperties(PROJECT, {
    Environment: { RegistryCredential: { Credential: { 'Fn::ImportValue': Match.stringLikeRegexp('Secret') } } },
  });
});
