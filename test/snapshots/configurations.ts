import { App, CfnParameter, CustomResource, Environment, NestedStack, SecretValue, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryFargateServiceProps, PrivateRegistryImage, PrivateRegistryImageOptions,
  PullCheckFunction, PullCheckMode, PullOptions, PullWatchdog, RegistryCredentials, RegistryProvider,
} from '../../src';
import { defineJob, defineMultiNodeJob } from '../support/jobs';
import { ENV, IMAGE, KEY_ARN, SECRET_ARN } from '../support/synth';
import { importedVpc } from '../support/tasks';

interface Service extends Construct {
  readonly taskDefinition: ecs.FargateTaskDefinition;
}

/** How an app gives its containers their images. */
export interface Way {
  readonly service: (scope: Construct, id: string, props: PrivateRegistryFargateServiceProps) => Service;
  readonly image: (scope: Construct, reference: string, source: PrivateRegistry | PrivateRegistryImageOptions) => ecs.ContainerImage;
}

/** An app of a user, in the ways that the README shows. */
export interface Configuration {
  /** The name of the directory with its templates. */
  readonly name: string;
  readonly define: (app: App, way?: Way) => void;
}

const IMAGE_OBJECTS: Way = {
  service: (scope, id, props) => new PrivateRegistryFargateService(scope, id, props),
  image: (_scope, reference, source) => source instanceof PrivateRegistry ? source.image(reference) : new PrivateRegistryImage(reference, source),
};

const BY_ARN = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);

export const CONFIGURATIONS: Configuration[] = [
  // The whole of a service.
  { name: 'new-service', define: inStack((stack, way) => serviceWith(way, stack, BY_ARN)) },
  { name: 'environment-agnostic', define: inStack((stack, way) => serviceWith(way, stack, BY_ARN), {}) },
  {
    name: 'https-with-domain-name',
    define: inStack((stack, way) => way.service(stack, 'Api', {
      image: IMAGE,
      credentials: BY_ARN,
      domainName: 'api.example.com',
      domainZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' }),
      protocol: elbv2.ApplicationProtocol.HTTPS,
      redirectHTTP: true,
    })),
  },
  {
    name: 'given-vpc',
    define: inStack((stack, way) => way.service(stack, 'Api', {
      image: IMAGE, credentials: BY_ARN, vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }),
    })),
  },
  {
    name: 'given-vpc-with-public-subnets-only',
    define: inStack((stack, way) => way.service(stack, 'Api', {
      image: IMAGE,
      credentials: BY_ARN,
      vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] }),
    })),
  },
  {
    name: 'given-cluster',
    define: inStack((stack, way) => way.service(stack, 'Api', {
      image: IMAGE, credentials: BY_ARN, cluster: new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) }),
    })),
  },

  // The ways to give credentials.
  { name: 'secret-by-complete-arn', define: inStack((stack, way) => taskWith(way, stack, BY_ARN)) },
  {
    name: 'secret-by-complete-arn-with-key',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN }))),
  },
  {
    name: 'secret-by-complete-arn-with-alias',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, {
      encryptionKey: kms.Alias.fromAliasName(stack, 'Key', 'alias/registry'),
    }))),
  },
  {
    name: 'secret-of-another-account',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretCompleteArn(
      'arn:aws:secretsmanager:eu-west-1:444455556666:secret:ghcr/pull-a1B2c3',
      { encryptionKeyArn: 'arn:aws:kms:eu-west-1:444455556666:key/00000000-1111-2222-3333-444444444444' },
    ))),
  },
  {
    name: 'secret-of-the-stack',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecret(new secretsmanager.Secret(stack, 'Credentials')))),
  },
  {
    name: 'secret-of-the-stack-with-key',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecret(
      new secretsmanager.Secret(stack, 'Credentials', { encryptionKey: new kms.Key(stack, 'Key') }),
    ))),
  },
  { name: 'secret-by-name', define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretName('ghcr-pull'))) },
  {
    name: 'secret-from-value',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretValue({
      username: 'acme-bot', password: SecretValue.secretsManager('tokens', { jsonField: 'ghcr' }),
    }))),
  },
  {
    name: 'secret-from-value-of-a-parameter',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretValue({
      username: 'acme-bot', password: SecretValue.cfnParameter(new CfnParameter(stack, 'Token', { noEcho: true })),
    }))),
  },
  { name: 'secret-from-parameters', define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromParameters())) },
  {
    name: 'placeholder-deployed-before',
    define: (app, way = IMAGE_OBJECTS) => {
      const registry = new PrivateRegistry(new Stack(app, 'Registry', { env: ENV }), 'Ghcr', {
        provider: RegistryProvider.GHCR, credentials: RegistryCredentials.placeholder(),
      });
      const stack = new Stack(app, 'Stack', { env: ENV });
      way.service(stack, 'Api', { image: IMAGE, registry, vpc: importedVpc(stack) });
    },
  },

  // Registries and secrets that are shared.
  {
    name: 'two-services-sharing-a-registry',
    define: inStack((stack, way) => {
      const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: BY_ARN });
      const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) });
      way.service(stack, 'Api', { image: IMAGE, registry, cluster });
      way.service(stack, 'Admin', { image: 'ghcr.io/acme/admin:2.0.0', registry, cluster });
    }),
  },
  {
    name: 'sidecar-from-the-same-registry',
    define: inStack((stack, way) => {
      const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: BY_ARN });
      const { taskDefinition } = way.service(stack, 'Api', { image: IMAGE, registry, vpc: importedVpc(stack) });
      taskDefinition.addContainer('agent', { image: way.image(taskDefinition, 'ghcr.io/acme/agent:7.1', registry) });
    }),
  },
  {
    name: 'sidecar-from-another-registry',
    define: inStack((stack, way) => {
      const { taskDefinition } = serviceWith(way, stack, BY_ARN, importedVpc(stack));
      taskDefinition.addContainer('agent', {
        image: way.image(taskDefinition, 'quay.io/acme/agent:7.1', { credentials: RegistryCredentials.fromSecretName('quay-pull') }),
      });
    }),
  },
  {
    name: 'secret-and-key-of-another-stack',
    define: (app, way = IMAGE_OBJECTS) => {
      const owner = new Stack(app, 'Owner', { env: ENV });
      const secret = new secretsmanager.Secret(owner, 'Credentials', { encryptionKey: new kms.Key(owner, 'Key') });
      taskWith(way, new Stack(app, 'Stack', { env: ENV }), RegistryCredentials.fromSecret(secret));
    },
  },
  {
    name: 'replicated-secret-in-two-regions',
    define: (app, way = IMAGE_OBJECTS) => {
      const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, {
        encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-00000000111122223333444444444444',
        replicaRegions: ['eu-central-1'],
      });
      for (const region of ['eu-west-1', 'eu-central-1']) {
        taskWith(way, new Stack(app, `Stack-${region}`, { env: { ...ENV, region } }), credentials);
      }
    },
  },

  // The pull check.
  {
    name: 'pull-check-off',
    define: inStack((stack, way) => taskWith(way, stack, BY_ARN, { pullCheck: { mode: PullCheckMode.OFF } })),
  },
  {
    name: 'pull-check-in-vpc',
    define: inStack((stack, way) => taskWith(way, stack, BY_ARN, { pullCheck: { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) } })),
  },
  {
    name: 'pull-check-shared',
    define: (app, way = IMAGE_OBJECTS) => {
      const checkFunction = new PullCheckFunction(new Stack(app, 'Security', { env: ENV }), 'PullCheck');
      taskWith(way, new Stack(app, 'Stack', { env: ENV }), BY_ARN, { pullCheck: { checkFunction } });
    },
  },
  {
    name: 'pinned-digest-and-secret-by-name',
    define: inStack((stack, way) => taskWith(way, stack, RegistryCredentials.fromSecretName('ghcr/pull'), { pinDigest: true })),
  },

  // What the check waits for.
  {
    name: 'secret-filled-by-another-resource',
    define: inStack((stack, way) => {
      const secret = new secretsmanager.Secret(stack, 'Credentials');
      const fill = customResource(stack, 'Fill', { Secret: secret.secretArn });
      taskWith(way, stack, RegistryCredentials.fromSecret(secret)).node.addDependency(fill);
    }),
  },
  {
    name: 'migration-before-the-service',
    define: inStack((stack, way) => {
      const executionRole = executionRoleIn(stack);
      const migration = taskWith(way, stack, BY_ARN, {}, { executionRole });
      const run = customResource(stack, 'Run', { Task: migration.taskDefinitionArn });
      const service = way.service(stack, 'Api', { image: IMAGE, credentials: BY_ARN, vpc: importedVpc(stack), executionRole });
      service.node.addDependency(run);
    }),
  },
  {
    name: 'worker-after-the-service',
    define: inStack((stack, way) => {
      const nested = new NestedStack(stack, 'Nested');
      const service = way.service(nested, 'Api', { image: IMAGE, credentials: BY_ARN, vpc: importedVpc(nested) });
      taskWith(way, stack, BY_ARN).node.addDependency(service);
    }),
  },
  {
    name: 'registry-of-another-stack-that-waits',
    define: (app, way = IMAGE_OBJECTS) => {
      const owner = new Stack(app, 'Registry', { env: ENV });
      const registry = new PrivateRegistry(owner, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: BY_ARN });
      const stack = new Stack(app, 'Stack', { env: ENV });
      new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: way.image(stack, IMAGE, registry) });
      registry.node.addDependency(customResource(owner, 'Fill'));
    },
  },

  // Roles and task definitions of the user.
  {
    name: 'execution-role-of-another-stack',
    define: (app, way = IMAGE_OBJECTS) => {
      const executionRole = executionRoleIn(new Stack(app, 'Roles', { env: ENV }));
      const stack = new Stack(app, 'Stack', { env: ENV });
      way.service(stack, 'Api', { image: IMAGE, credentials: BY_ARN, vpc: importedVpc(stack), executionRole });
    },
  },
  {
    name: 'nested-stack',
    define: inStack((stack, way) => {
      const executionRole = executionRoleIn(stack);
      const nested = new NestedStack(stack, 'Nested');
      way.service(nested, 'Api', { image: IMAGE, credentials: BY_ARN, vpc: importedVpc(nested), executionRole });
    }),
  },
  {
    name: 'ec2-task-definition',
    define: inStack((stack, way) => {
      new ecs.Ec2TaskDefinition(stack, 'Task').addContainer('app', {
        image: way.image(stack, IMAGE, { credentials: BY_ARN }), memoryLimitMiB: 512,
      });
    }),
  },

  // Jobs of AWS Batch.
  { name: 'batch-job-on-fargate', define: inStack((stack, way) => defineJob(stack, way.image(stack, IMAGE, { credentials: BY_ARN }))) },
  {
    name: 'batch-job-on-several-nodes',
    define: inStack((stack, way) => defineMultiNodeJob(stack, [
      way.image(stack, IMAGE, { credentials: BY_ARN }),
      way.image(stack, 'quay.io/acme/worker:2.0.0', { credentials: RegistryCredentials.fromSecretName('quay/pull'), pinDigest: true }),
    ])),
  },

  // What tells later.
  {
    name: 'watchdog',
    define: inStack((stack, way) => {
      taskWith(way, stack, BY_ARN);
      new PullWatchdog(stack, 'Watchdog');
    }),
  },
];

function inStack(define: (stack: Stack, way: Way) => unknown, env: Environment = ENV): Configuration['define'] {
  return (app, way = IMAGE_OBJECTS) => {
    define(new Stack(app, 'Stack', { env }), way);
  };
}

/** The service of the README, in a VPC of its own or in a given one. */
function serviceWith(way: Way, stack: Stack, credentials: RegistryCredentials, vpc?: ec2.IVpc): Service {
  return way.service(stack, 'Api', { image: IMAGE, credentials, vpc, containerPort: 8080, desiredCount: 2 });
}

/** What credentials come down to, without the service around it. */
function taskWith(
  way: Way, stack: Stack, credentials: RegistryCredentials, options: PullOptions = {}, props: ecs.FargateTaskDefinitionProps = {},
): ecs.FargateTaskDefinition {
  const task = new ecs.FargateTaskDefinition(stack, 'Task', props);
  task.addContainer('app', {
    image: way.image(stack, IMAGE, { credentials, ...options }), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'app' }),
  });
  return task;
}

function customResource(stack: Stack, id: string, properties: Record<string, unknown> = {}): CustomResource {
  return new CustomResource(stack, id, { serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:own', properties });
}

function executionRoleIn(stack: Stack): iam.Role {
  return new iam.Role(stack, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
}
