import { CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryFargateServiceProps, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectSilence, expectSynthError } from '../support/errors';
import {
  containersOf, credentialsParametersOf, ENV, FLAG_SETS, IMAGE, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, statementsOf, warningsOf,
} from '../support/synth';
import { CREDENTIALS, ecsRole, expectTaskWaitsForPolicy } from '../support/tasks';

type Props = Partial<PrivateRegistryFargateServiceProps>;

function define(props: Props = {}, flags: Record<string, unknown> = {}): { stack: Stack; service: PrivateRegistryFargateService } {
  const stack = newStack(flags);
  return { stack, service: new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, ...props }) };
}

function serviceOf(stack: Stack): any {
  return resourcesOf(stack, 'AWS::ECS::Service')[0].Properties;
}

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test('needs only an image and credentials, and has nothing to warn about', () => {
    const { stack } = define({}, flags);

    expect(containersOf(stack)).toEqual([expect.objectContaining({
      Name: 'web', Image: IMAGE, RepositoryCredentials: { CredentialsParameter: SECRET_ARN }, PortMappings: [expect.objectContaining({ ContainerPort: 80 })],
    })]);
    expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties).toMatchObject({ Cpu: '256', Memory: '512', NetworkMode: 'awsvpc' });
    expectTaskWaitsForPolicy(stack);
    expect(warningsOf(stack)).toEqual([]);
  });

  test('least privilege: the execution role may read the one secret and write the one log, and nothing else', () => {
    const { stack, service } = define({}, flags);
    const logGroup = service.taskDefinition.node.findChild('web').node.findChild('LogGroup') as logs.LogGroup;

    expect(statementsOf(stack)).toEqual([
      { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET_ARN },
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: stack.resolve(logGroup.logGroupArn) },
    ]);
    // A VPC of aws-cdk-lib may have a function with a role of its own.
    const roles = resourcesOf(stack, 'AWS::IAM::Role').filter((role) => JSON.stringify(role).includes('ecs-tasks'));
    expect(roles).toHaveLength(2);
    for (const { Properties } of roles) {
      expect(Properties).toEqual({
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' } }],
        },
      });
    }
  });

  test('a breaker with rollback, and no healthy task taken away', () => {
    const { stack } = define({}, flags);

    expect(serviceOf(stack).DeploymentConfiguration).toMatchObject({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MaximumPercent: 200, MinimumHealthyPercent: 100,
    });
    expect(serviceOf(stack).DeploymentController).toBeUndefined();
    expect(serviceOf(stack).DesiredCount).toBeUndefined();
  });

  test('the breaker that the user sets', () => {
    const { stack } = define({ circuitBreaker: { enable: true, rollback: false } }, flags);

    expect(serviceOf(stack).DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: false });
    const byCdk = flags['@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker'] ? undefined : { Type: 'ECS' };
    expect(serviceOf(stack).DeploymentController).toEqual(byCdk);
  });

  test.each([ecs.DeploymentControllerType.CODE_DEPLOY, ecs.DeploymentControllerType.EXTERNAL])('%s has no breaker and the percentages of aws-cdk-lib', (type) => {
    const { stack } = define({ deploymentController: { type } }, flags);
    const { DeploymentConfiguration, DeploymentController } = serviceOf(stack);

    expect(DeploymentController).toEqual({ Type: type });
    expect(DeploymentConfiguration?.DeploymentCircuitBreaker).toBeUndefined();
    expect(DeploymentConfiguration?.MinimumHealthyPercent).not.toBe(100);
  });

  test('the controller ECS, given by the user, is rendered', () => {
    const { stack } = define({ deploymentController: { type: ecs.DeploymentControllerType.ECS } }, flags);

    expect(serviceOf(stack)).toMatchObject({
      DeploymentController: { Type: 'ECS' }, DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    });
  });
});

describe('minHealthyPercent', () => {
  test.each<[string, Props, number]>([
    ['100 with more room above', { maxHealthyPercent: 150 }, 100],
    ['that of aws-cdk-lib without room above', { maxHealthyPercent: 100 }, 50],
    ['that of aws-cdk-lib with less than all', { maxHealthyPercent: 50 }, 50],
    ['that of aws-cdk-lib with a token above', { maxHealthyPercent: Token.asNumber({ Ref: 'Max' }) }, 50],
    ['that of the user', { minHealthyPercent: 75 }, 75],
    ['zero, if the user wants that', { minHealthyPercent: 0 }, 0],
  ])('%s', (_, props, percent) => {
    expect(serviceOf(define(props).stack).DeploymentConfiguration.MinimumHealthyPercent).toBe(percent);
  });
});

describe('desiredCount', () => {
  test.each([0, 1, 3])('%p', (desiredCount) => {
    const { stack } = define({ desiredCount });

    expect(serviceOf(stack).DesiredCount).toBe(desiredCount);
    expectSilence(stack);
  });
});

describe('logs', () => {
  test('are kept for ever, under the prefix of the service', () => {
    const { stack } = define();
    const [group] = resourcesOf(stack, 'AWS::Logs::LogGroup');

    expect(group).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(group.Properties?.RetentionInDays).toBeUndefined();
    expect(containersOf(stack)[0].LogConfiguration).toMatchObject({ LogDriver: 'awslogs', Options: { 'awslogs-stream-prefix': 'Api' } });
  });

  test('are kept as long as the user says', () => {
    expect(resourcesOf(define({ logRetention: logs.RetentionDays.ONE_MONTH }).stack, 'AWS::Logs::LogGroup')[0].Properties).toEqual({ RetentionInDays: 30 });
  });

  test('the driver of the user', () => {
    const { stack } = define({ logDriver: ecs.LogDrivers.fluentd() });

    expect(containersOf(stack)[0].LogConfiguration.LogDriver).toBe('fluentd');
    expect(resourcesOf(stack, 'AWS::Logs::LogGroup')).toEqual([]);
  });

  test('none', () => {
    const { stack } = define({ enableLogging: false });

    expect(containersOf(stack)[0].LogConfiguration).toBeUndefined();
  });

  test.each<[string, Props, string]>([
    ['a log driver', { logDriver: ecs.LogDrivers.fluentd() }, 'logDriver'],
    ['no logs', { enableLogging: false }, 'enableLogging: false'],
  ])('fails with a retention and %s', (_, props, text) => {
    expectError(() => define({ logRetention: logs.RetentionDays.ONE_MONTH, ...props }), 'logRetentionUnused', 'logRetention 30', text, '(at Stack/Api)');
  });
});

describe('credentials', () => {
  test('fails without any, with all the ways to give them', () => {
    expectError(() => define({ credentials: undefined }), 'credentialsMissing', `"${IMAGE}"`, '(at Stack/Api)', 'PrivateRegistry', 'fromSecretCompleteArn(arn)',
      'fromSecretName(name)', 'fromSecret(secret)', 'fromSecretValue({', 'fromParameters()', 'placeholder()', 'ecs.ContainerImage.fromRegistry()');
  });

  test.each<[string, Props]>([
    ['credentials', { credentials: CREDENTIALS }],
    ['a provider', { credentials: undefined, provider: RegistryProvider.GHCR }],
  ])('fails with a registry and %s', (name, props) => {
    const registry = new PrivateRegistry(newStack(), 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });

    expectError(() => define({ registry, ...props }), 'credentialsAmbiguous', 'registry Stack/Ghcr', name.replace('a ', ''), 'remove one of the two');
  });

  test('of a registry that is shared', () => {
    const stack = newStack();
    const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    const service = new PrivateRegistryFargateService(stack, 'Api', { registry, image: IMAGE });

    expect(service.secret).toBe(registry.secret);
    expect(service.node.tryFindChild('Registry')).toBeUndefined();
    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expectSilence(stack);
  });

  test('fails for an image that a shared registry does not have', () => {
    const stack = newStack();
    const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });

    expectError(() => new PrivateRegistryFargateService(stack, 'Api', { registry, image: 'acme/api:1' }), 'imageHostMismatch', 'docker.io', 'ghcr.io');
  });

  test('that create a secret', () => {
    const { stack } = define({ credentials: RegistryCredentials.fromParameters() });

    expect(credentialsParametersOf(stack)).toEqual([{ Ref: 'GhcrIoSecret' }]);
    expectSilence(stack);
  });

  test('for an image that is a token, with its provider', () => {
    const stack = newStack();
    const image = new CfnParameter(stack, 'Image').valueAsString;

    expectError(() => new PrivateRegistryFargateService(stack, 'One', { image, credentials: CREDENTIALS }), 'unknownRegistry');
    new PrivateRegistryFargateService(stack, 'Two', { image, credentials: CREDENTIALS, provider: RegistryProvider.GHCR });
    expect(containersOf(stack).map(({ Image }) => Image)).toEqual([{ Ref: 'Image' }]);
  });
});

describe('the execution role', () => {
  test('one of the user is used and completed', () => {
    const stack = newStack();
    const executionRole = ecsRole(stack);
    const service = new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole });

    expect(service.executionRole).toBe(executionRole);
    expect(pullStatementsOf(stack)).toHaveLength(1);
    expect(service.taskDefinition.node.tryFindChild('ExecutionRole')).toBeUndefined();
    expectTaskWaitsForPolicy(stack);
  });

  test('one of another stack: its permissions are in the stack of the service', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform', { env: ENV });
    const stack = new Stack(app, 'Stack', { env: ENV });
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole: ecsRole(platform) });

    expect(resourcesOf(platform, 'AWS::IAM::Policy')).toEqual([]);
    expect(statementsOf(stack).flatMap(({ Action }) => Action)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue']);
    expectTaskWaitsForPolicy(stack);
    expectSilence(platform, stack);
  });

  test('fails if ECS tasks cannot assume it', () => {
    const app = newApp();
    const stack = new Stack(app, 'Stack', { env: ENV });
    const executionRole = ecsRole(new Stack(app, 'Platform', { env: ENV }), { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, executionRole });

    expectSynthError(stack, 'executionRoleNotAssumable', 'Platform/Role');
  });
});

describe('the first port', () => {
  function portsOf(props: Props): any[] {
    return containersOf(define(props).stack)[0].PortMappings;
  }

  test('is given once if the other mappings have it too, with their details', () => {
    const containerOptions = {
      portMappings: [
        { containerPort: 9090 }, { containerPort: 8080, name: 'api', appProtocol: ecs.AppProtocol.http2 },
      ],
    };
    expect(portsOf({ containerPort: 8080, containerOptions })).toEqual([
      { ContainerPort: 8080, Protocol: 'tcp', Name: 'api', AppProtocol: 'http2' }, { ContainerPort: 9090, Protocol: 'tcp' },
    ]);
    expect(portsOf({ containerOptions: { portMappings: [{ containerPort: 80, name: 'web' }] } })).toEqual([
      { ContainerPort: 80, Protocol: 'tcp', Name: 'web' },
    ]);
  });

  test('stays beside the same number of another protocol', () => {
    expect(portsOf({ containerPort: 53, containerOptions: { portMappings: [{ containerPort: 53, protocol: ecs.Protocol.UDP }] } })).toEqual([
      { ContainerPort: 53, Protocol: 'tcp' }, { ContainerPort: 53, Protocol: 'udp' },
    ]);
  });

  test('has the name that Service Connect needs', () => {
    const { stack, service } = define({ containerPort: 8080, containerOptions: { portMappings: [{ containerPort: 8080, name: 'api' }] } });
    (service.cluster as ecs.Cluster).addDefaultCloudMapNamespace({ name: 'acme.internal', useForServiceConnect: true });
    service.service.enableServiceConnect({ services: [{ portMappingName: 'api', port: 80 }] });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', {
      ServiceConnectConfiguration: { Services: [{ PortName: 'api', ClientAliases: [{ Port: 80 }] }] },
      LoadBalancers: [{ ContainerPort: 8080 }],
    });
  });
});

describe('the platform', () => {
  test.each([ecs.FargatePlatformVersion.VERSION1_0, ecs.FargatePlatformVersion.VERSION1_1])('fails: %s', (platformVersion) => {
    expectSynthError(define({ platformVersion }).stack, 'platformVersionTooOld', platformVersion, '1.2.0', '(at Stack/Api)');
  });

  test('is the one that the service has in the end', () => {
    const right = define({ platformVersion: ecs.FargatePlatformVersion.VERSION1_1 });
    (right.service.service.node.defaultChild as ecs.CfnService).addPropertyOverride('PlatformVersion', '1.4.0');
    expect(serviceOf(right.stack).PlatformVersion).toBe('1.4.0');

    const wrong = define();
    (wrong.service.service.node.defaultChild as ecs.CfnService).platformVersion = '1.1.0';
    expectSynthError(wrong.stack, 'platformVersionTooOld', '1.1.0');
  });

  const { VERSION1_2, VERSION1_3, VERSION1_4, LATEST } = ecs.FargatePlatformVersion;

  test.each([VERSION1_2, VERSION1_3, VERSION1_4, LATEST])('is fine: %s', (platformVersion) => {
    expect(serviceOf(define({ platformVersion }).stack).PlatformVersion).toBe(platformVersion);
  });
});

test('a fault of the image is told with the image', () => {
  expectError(() => define({ image: 'https://ghcr.io/acme/api:1' }), 'invalidImageReference', 'write "ghcr.io/acme/api:1"');
  expectError(() => define({ image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:1' }), 'ecrImage');
});

test('the security group and the log streams are named after the service, not after the pattern in it', () => {
  const { stack } = define({ healthCheckGracePeriod: Duration.minutes(2) });
  const groups = Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Stack/Api/Service/SecurityGroup' } });

  expect(Object.keys(groups)).toHaveLength(1);
});
