import * as cdk from 'aws-cdk-lib';
import { Aspects, CfnParameter, CfnResource, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { PrivateRegistryImage, PrivateRegistryImageOptions, PullCheckFunction, PullCheckMode, PullCheckOptions, RegistryCredentials } from '../../src';
import { newStack as stackWith, CHECKED, FLAG_SETS, IMAGE, resourcesOf, SECRET_ARN, templateOf } from '../support/synth';
import { CREDENTIALS, defineTask, ecsRole, newVpc, ownSecret, rawImage, rawSecret } from '../support/tasks';

const OTHER = 'ghcr.io/acme/other:2';

function image(options: Partial<PrivateRegistryImageOptions> = {}): PrivateRegistryImage {
  return new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS, ...options });
}

function checkOf(stack: Stack): any {
  const [check, ...others] = resourcesOf(stack, 'Custom::PrivateRegistryPullCheck');
  expect(others).toEqual([]);
  return check.Properties;
}

function taskOf(stack: Stack): any {
  return resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties;
}

type Change = (task: ecs.CfnTaskDefinition) => void;

/** The ways in which a task definition is changed after its container was added. */
const WAYS: Array<[way: string, apply: (stack: Stack, task: ecs.TaskDefinition, change: Change) => void]> = [
  ['at once', (_, task, change) => change(task.node.defaultChild as ecs.CfnTaskDefinition)],
  ...[undefined, 0, 200, 500, 600, 1000].map((priority): (typeof WAYS)[number] => [
    priority === undefined ? 'by an Aspect' : `by an Aspect of priority ${priority}`,
    (stack, _, change) => {
      Aspects.of(stack).add({ visit: (node: IConstruct) => node instanceof ecs.CfnTaskDefinition && change(node) }, { priority });
    },
  ]),
  ['by an Aspect that an Aspect adds', (stack, task, change) => {
    Aspects.of(stack).add({
      visit: (node) => {
        if (node === task) {
          Aspects.of(task.node.defaultChild!).add({ visit: (inner) => change(inner as ecs.CfnTaskDefinition) });
        }
      },
    });
  }],
  // Only newer versions have mixins.
  ...'Mixins' in cdk ? [['by a mixin', (stack, _, change) => {
    (cdk as any).Mixins.of(stack).apply({
      supports: (node: IConstruct) => node instanceof ecs.CfnTaskDefinition,
      applyTo: change,
    });
  }] as (typeof WAYS)[number]] : [],
];

const ARM: Array<[how: string, change: Change]> = [
  ['a property', (task) => {
    task.runtimePlatform = { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' };
  }],
  ['a lazy property', (task) => {
    task.runtimePlatform = Lazy.any({ produce: () => ({ cpuArchitecture: 'ARM64' }) });
  }],
  ['an override', (task) => task.addPropertyOverride('RuntimePlatform', { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' })],
  ['an override of the architecture', (task) => task.addPropertyOverride('RuntimePlatform.CpuArchitecture', 'ARM64')],
  ['an override with a lazy value', (task) => task.addPropertyOverride('RuntimePlatform.CpuArchitecture', Lazy.string({ produce: () => 'ARM64' }))],
  ['an override of the resource', (task) => task.addOverride('Properties', { RuntimePlatform: { CpuArchitecture: 'ARM64' } })],
];

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  const newStack = () => stackWith({ ...CHECKED, ...flags });

  describe.each(WAYS)('the platform that is set %s', (_way, apply) => {
    test.each(ARM)('with %s is the one that is checked', (_how, change) => {
      const stack = newStack();
      apply(stack, defineTask(stack, image()), change);
      expect(checkOf(stack).Platform).toBe('linux/arm64');
      expect(taskOf(stack).RuntimePlatform.CpuArchitecture).toBe('ARM64');
    });
  });
});

const newStack = () => stackWith(CHECKED);

describe('the platform', () => {
  test.each<[string, Change, string | undefined]>([
    ['deleted: the default of Fargate', (task) => task.addPropertyDeletionOverride('RuntimePlatform'), 'linux/amd64'],
    ['deleted in part', (task) => task.addPropertyDeletionOverride('RuntimePlatform.CpuArchitecture'), 'linux/amd64'],
    ['a parameter', (task) => task.addPropertyOverride('RuntimePlatform.CpuArchitecture', new CfnParameter(task, 'P').valueAsString), undefined],
    ['a condition', (task) => task.addPropertyOverride('RuntimePlatform', { 'Fn::If': ['C', { CpuArchitecture: 'X86_64' }, { CpuArchitecture: 'ARM64' }] }), undefined],
    ['a processor of the future', (task) => task.addPropertyOverride('RuntimePlatform.CpuArchitecture', 'RISCV64'), undefined],
    ['a system of the future', (task) => task.addPropertyOverride('RuntimePlatform.OperatingSystemFamily', 'PLAN9'), undefined],
    ['Windows', (task) => task.addPropertyOverride('RuntimePlatform', { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' }), 'windows/amd64'],
  ])('that is later %s', (_what, change, platform) => {
    const stack = newStack();
    const task = defineTask(stack, image(), { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });
    change(task.node.defaultChild as ecs.CfnTaskDefinition);
    expect(checkOf(stack).Platform).toBe(platform);
  });

  test.each<[string, ecs.Compatibility, object | undefined, string | undefined, string | undefined]>([
    ['Fargate and instances without it', ecs.Compatibility.EC2_AND_FARGATE, undefined, undefined, undefined],
    ['Fargate and instances', ecs.Compatibility.EC2_AND_FARGATE, { CpuArchitecture: 'ARM64' }, 'linux/arm64', undefined],
    ['instances', ecs.Compatibility.EC2, { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' }, 'linux/amd64', 'dockerd'],
    ['instances, whose system is not said', ecs.Compatibility.EC2, { CpuArchitecture: 'X86_64' }, undefined, 'dockerd'],
    ['instances, whose processor is not said', ecs.Compatibility.EC2, { OperatingSystemFamily: 'LINUX' }, undefined, 'dockerd'],
  ])('of a task for %s', (_what, compatibility, runtimePlatform, platform, engine) => {
    const stack = newStack();
    const task = new ecs.TaskDefinition(stack, 'Task', { compatibility, cpu: '256', memoryMiB: '512' });
    task.addContainer('app', { image: image() });
    if (runtimePlatform) {
      (task.node.defaultChild as CfnResource).addPropertyOverride('RuntimePlatform', runtimePlatform);
    }
    expect([checkOf(stack).Platform, checkOf(stack).Engine]).toEqual([platform, engine]);
  });

  test.each<[string, string[] | undefined, string | undefined]>([
    ['Managed Instances', ['MANAGED_INSTANCES'], undefined],
    ['Fargate and Managed Instances', ['FARGATE', 'MANAGED_INSTANCES'], undefined],
    ['instances', ['EC2'], 'dockerd'],
    ['nothing in particular', undefined, undefined],
  ])('and the engine of a task that is later for %s', (_what, compatibilities, engine) => {
    const stack = newStack();
    const task = defineTask(stack, image(), { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });
    (task.node.defaultChild as CfnResource).addPropertyOverride('RequiresCompatibilities', compatibilities);
    expect([checkOf(stack).Platform, checkOf(stack).Engine]).toEqual(['linux/arm64', engine]);
  });

  test('of each task is checked, by one check', () => {
    const stack = newStack();
    const tasks = ['One', 'Two', 'Three'].map((id) => defineTask(stack, image(), {}, id));
    (tasks[1].node.defaultChild as CfnResource).addPropertyOverride('RuntimePlatform.CpuArchitecture', 'ARM64');
    expect(checkOf(stack).Platform).toEqual(['linux/amd64', 'linux/arm64']);
  });
});

describe('the logical id', () => {
  function idWith(change?: Change, options?: Partial<PrivateRegistryImageOptions>): string {
    const stack = newStack();
    const task = defineTask(stack, image(options));
    change?.(task.node.defaultChild as ecs.CfnTaskDefinition);
    const template = templateOf(stack);
    const [id] = Object.keys(template.Resources).filter((key) => template.Resources[key].Type === 'Custom::PrivateRegistryPullCheck');
    expect(Object.values<any>(template.Resources).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition').DependsOn).toContain(id);
    return id;
  }

  test('is another one for what is only known later, and the same for the same', () => {
    const ids = [undefined, ...ARM.map(([, change]) => change)].map((change) => idWith(change));
    expect(new Set(ids).size).toBe(2);
    expect(idWith()).toBe(ids[0]);
    expect(ids[0]).toMatch(/^PrivateRegistryPullCheckghcrioacmeapi142[0-9a-f]{32}$/);
  });

  test('is the one that the task definition and an output refer to', () => {
    const stack = newStack();
    const task = defineTask(stack, image({ pinDigest: true }));
    (task.node.defaultChild as CfnResource).addPropertyOverride('RuntimePlatform.CpuArchitecture', 'ARM64');
    const template = templateOf(stack);
    const [, id] = /"Fn::GetAtt":\["(PrivateRegistryPullCheckghcr[^"]*)","Image"\]/.exec(JSON.stringify(taskOf(stack)))!;
    expect(template.Resources[id].Properties.Platform).toBe('linux/arm64');
    const again = stackWith(CHECKED);
    (defineTask(again, image({ pinDigest: true })).node.defaultChild as CfnResource).addPropertyOverride('RuntimePlatform.CpuArchitecture', 'ARM64');
    expect(JSON.stringify(templateOf(again))).toBe(JSON.stringify(template));
  });
});

describe('the image', () => {
  test.each<[string, Change, PullCheckMode]>([
    ['another image', (task) => task.addPropertyOverride('ContainerDefinitions.0.Image', OTHER), PullCheckMode.WARN],
    ['other credentials', (task) => task.addPropertyOverride('ContainerDefinitions.0.RepositoryCredentials.CredentialsParameter', `${SECRET_ARN}x`), PullCheckMode.WARN],
    ['no credentials', (task) => task.addPropertyDeletionOverride('ContainerDefinitions.0.RepositoryCredentials'), PullCheckMode.WARN],
    ['other containers', (task) => task.addPropertyOverride('ContainerDefinitions', [{ Name: 'app', Image: OTHER }]), PullCheckMode.WARN],
    ['another list', (task) => {
      task.containerDefinitions = [{ name: 'app', image: OTHER }];
    }, PullCheckMode.WARN],
    ['the same image', (task) => task.addPropertyOverride('ContainerDefinitions.0.Image', IMAGE), PullCheckMode.ENFORCE],
    ['another option', (task) => task.addPropertyOverride('ContainerDefinitions.0.ReadonlyRootFilesystem', true), PullCheckMode.ENFORCE],
    ['the same list with another option', (task) => {
      const containers: ecs.CfnTaskDefinition.ContainerDefinitionProperty[] = Stack.of(task).resolve(task.containerDefinitions);
      task.containerDefinitions = containers.map((container) => ({ ...container, readonlyRootFilesystem: true }));
    }, PullCheckMode.ENFORCE],
  ])('of a check whose container has %s in the end', (what, change, mode) => {
    for (const options of [{}, { pinDigest: true }, { credentials: RegistryCredentials.fromSecretName('ghcr-pull') }]) {
      const stack = newStack();
      const task = defineTask(stack, image(options));
      change(task.node.defaultChild as ecs.CfnTaskDefinition);
      const isDigestLost = mode === PullCheckMode.ENFORCE && 'pinDigest' in options && what === 'the same image';
      expect(checkOf(stack).Mode).toBe(isDigestLost ? PullCheckMode.WARN : mode);
    }
  });

  test('is read no sooner than with aws-cdk-lib alone: FireLens adds its router when the template is made', () => {
    const containersWith = (appImage: (stack: Stack) => ecs.ContainerImage) => {
      const stack = newStack();
      const task = new ecs.FargateTaskDefinition(stack, 'Task');
      task.addContainer('app', { image: appImage(stack), logging: ecs.LogDrivers.firelens({}) });
      const first = defineTask(stack, image(), {}, 'First');
      task.node.addDependency(first);
      const template = templateOf(stack);
      const router = Object.values<any>(template.Resources).find(({ Properties }) => Properties?.ContainerDefinitions?.length === 2);
      const logs = Object.entries<any>(template.Resources).find(([id, { Type }]) => Type === 'AWS::Logs::LogGroup' && /^Task/.test(id))?.[1];
      return [router.Properties.ContainerDefinitions.map(({ Name }: any) => Name), logs?.DependsOn];
    };
    const raw = containersWith((stack) => rawImage(rawSecret(stack)));
    expect(raw[0]).toEqual(['app', 'log-router']);
    expect(containersWith(() => image())).toEqual(raw);
  });

  test('can get a sidecar from an Aspect after another one has read everything', () => {
    const stack = newStack();
    const task = defineTask(stack, image());
    Aspects.of(stack).add({
      visit: (node) => CfnResource.isCfnResource(node) && node.cfnResourceType.startsWith('Custom::') && stack.resolve(node.logicalId),
    });
    Aspects.of(stack).add({ visit: (node) => node === task && !task.findContainer('agent') && task.addContainer('agent', { image: image() }) });
    expect(taskOf(stack).ContainerDefinitions.map(({ Name }: any) => Name)).toEqual(['app', 'agent']);
  });
});

describe('a denial', () => {
  interface Parts {
    readonly stack: Stack;
    readonly secret: secretsmanager.Secret;
    readonly key?: kms.Key;
    readonly role: iam.Role;
    readonly task: ecs.TaskDefinition;
  }

  function certainty(
    change: (parts: Parts) => void = () => {}, withKey = true, options: (stack: Stack) => Partial<PrivateRegistryImageOptions> = () => ({}),
  ): unknown {
    const stack = newStack();
    const key = withKey ? new kms.Key(stack, 'Key') : undefined;
    const secret = ownSecret(stack, { encryptionKey: key });
    const role = ecsRole(stack);
    const task = defineTask(stack, image({ credentials: RegistryCredentials.fromSecret(secret), ...options(stack) }), { executionRole: role });
    change({ stack, secret, key, role, task });
    return checkOf(stack).DenialIsCertain;
  }

  test('is certain if the app makes everything, with default policies', () => {
    expect([certainty(), certainty(undefined, false)]).toEqual(['true', 'true']);
  });

  test.each<[string, (parts: Parts) => void]>([
    ['another secret for the task', ({ stack, role }) => secretIn(stack, 'Db').grantRead(role)],
    ['a policy of another secret', ({ stack }) => secretIn(stack, 'Db').denyAccountRootDelete()],
    ['logs', ({ task }) => task.addContainer('other', {
      image: ecs.ContainerImage.fromRegistry('nginx:1'), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'x' }),
    })],
  ])('is certain with %s', (_what, change) => {
    expect(certainty(change)).toBe('true');
  });

  test.each<[string, (parts: Parts) => void]>([
    ['a policy of the secret', ({ secret }) => secret.denyAccountRootDelete()],
    ['a policy of the key that denies', ({ key }) => key!.addToResourcePolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY, actions: ['kms:Decrypt'], resources: ['*'], principals: [new iam.AnyPrincipal()],
    }))],
    ['an override of the key', ({ key }) => (key!.node.defaultChild as CfnResource).addPropertyOverride('KeyPolicy.Statement', [])],
    ['another key', ({ secret }) => (secret.node.defaultChild as CfnResource).addPropertyOverride('KmsKeyId', 'alias/other')],
    ['a managed policy', ({ role }) => role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('SecretsManagerReadWrite'))],
    ['a boundary', ({ role, stack }) => iam.PermissionsBoundary.of(role).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'))],
    ['a boundary for the whole stack', ({ stack }) => iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'))],
    ['another statement on the secret', ({ role, secret }) => secret.grantRead(role)],
    ['a statement on everything', ({ role }) => role.addToPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }))],
    ['a statement on secrets by name', ({ role }) => role.addToPolicy(new iam.PolicyStatement({ actions: ['secretsmanager:*'], resources: ['arn:aws:secretsmanager:*:*:secret:*'] }))],
    ['a policy of any secret without a class of its own', ({ stack }) => new CfnResource(stack, 'SecretPolicy', {
      type: 'AWS::SecretsManager::ResourcePolicy', properties: { SecretId: 'other', ResourcePolicy: {} },
    })],
    ['an override of the policy of another secret', ({ stack, secret }) => {
      secretIn(stack, 'Db').denyAccountRootDelete();
      const policy = stack.node.findChild('Db').node.findChild('Policy').node.defaultChild as CfnResource;
      policy.addPropertyOverride('SecretId', secret.secretArn);
    }],
    ...['Policy', 'ManagedPolicy', 'RolePolicy'].flatMap((type): Array<[string, (parts: Parts) => void]> => [
      [`a ${type} of the function without a class of its own`, ({ stack }) => deny(stack, type, functionOf(stack).role)],
      [`a ${type} of the task without a class of its own`, ({ stack, role }) => deny(stack, type, role)],
    ]),
    ['a policy whose document is not known', ({ stack, role }) => new iam.CfnPolicy(stack, 'Unknown', {
      policyName: 'unknown', roles: [role.roleName], policyDocument: Fn.conditionIf('Condition', {}, {}),
    })],
    ['another role for the function', ({ stack }) => Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof lambda.CfnFunction) {
          node.role = 'arn:aws:iam::111122223333:role/other';
        }
      },
    })],
    ['an override of the role of the function', ({ stack }) => (
      (functionOf(stack).function.node.defaultChild as CfnResource).addPropertyOverride('Role', 'arn:aws:iam::111122223333:role/other')
    )],
    ['a VPC that an Aspect gives the function', ({ stack }) => Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof lambda.CfnFunction) {
          node.vpcConfig = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
        }
      },
    })],
    ['another role', ({ task }) => (task.node.defaultChild as CfnResource).addPropertyOverride('ExecutionRoleArn', 'arn:aws:iam::111122223333:role/other')],
  ])('is not certain with %s', (_what, change) => {
    expect(certainty(change)).toBeUndefined();
  });

  test.each<[string, (stack: Stack) => PullCheckOptions]>([
    ['in a VPC, where an endpoint has a policy', (stack) => ({ vpc: newVpc(stack, ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS) })],
    ['of another app', (stack) => ({
      checkFunction: PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', {
        functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:check', role: ecsRole(stack, {}, 'FunctionRole'),
      }),
    })],
  ])('is not certain with a function %s', (_what, pullCheck) => {
    expect(certainty(undefined, false, (stack) => ({ pullCheck: pullCheck(stack) }))).toBeUndefined();
  });

  test('is not certain with anything that is imported', () => {
    const stack = newStack();
    defineTask(stack, image());
    expect(checkOf(stack).DenialIsCertain).toBeUndefined();
    const other = newStack();
    const executionRole = iam.Role.fromRoleArn(other, 'Role', 'arn:aws:iam::111122223333:role/exec');
    defineTask(other, image({ credentials: RegistryCredentials.fromSecret(ownSecret(other)) }), { executionRole });
    expect(checkOf(other).DenialIsCertain).toBeUndefined();
  });

  function functionOf(stack: Stack): PullCheckFunction {
    return stack.node.findChild('PrivateRegistryPullCheckFunction') as PullCheckFunction;
  }

  function deny(stack: Stack, type: string, { roleName }: iam.IRole): CfnResource {
    return new CfnResource(stack, 'Deny', {
      type: `AWS::IAM::${type}`,
      properties: { Roles: [roleName], PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' }] } },
    });
  }

  function secretIn(stack: Stack, id: string): secretsmanager.Secret {
    return new secretsmanager.Secret(stack, id);
  }
});
