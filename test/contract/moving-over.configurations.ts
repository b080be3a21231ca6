import { App, Environment, Stack, Stage } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PrivateRegistryFargateService, PrivateRegistryImage, RegistryCredentials } from '../../src';
import { CHECKED, ENV, IMAGE, KEY_ARN, SECRET_ARN, newApp } from '../support/synth';
import { importedVpc } from '../support/tasks';

type ServiceProps = Omit<patterns.ApplicationLoadBalancedFargateServiceProps, 'taskImageOptions' | 'taskDefinition'>;
type ImageOptions = Omit<patterns.ApplicationLoadBalancedTaskImageOptions, 'image'>;

/** What is the same for the raw pattern and for ours. */
interface Configuration {
  readonly name: string;
  /** @default - ENV */
  readonly env?: Environment;
  /** @default - the stack is in the app and the service in the stack */
  readonly place?: (app: App, env: Environment) => { stack: Stack; scope: Construct };
  /** @default - the secret SECRET_ARN */
  readonly secret?: (stack: Stack) => secretsmanager.ISecret;
  readonly service?: (stack: Stack) => ServiceProps;
  readonly image?: (stack: Stack) => ImageOptions;
  /** What the app does with the service later. */
  readonly afterwards?: (service: MadeService, imageOf: ImageFactory) => void;
}

interface MadeService {
  readonly service: ecs.FargateService;
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
}

type ImageFactory = (reference: string) => ecs.ContainerImage;

export const CONFIGURATIONS: Configuration[] = [
  { name: 'nothing but an image' },
  {
    name: 'environment-agnostic stack',
    env: {},
  },
  {
    name: 'service inside a construct of a Stage',
    place: (app, env) => {
      const stack = new Stack(new Stage(app, 'Prod'), 'Stack', { env });
      return { stack, scope: new Construct(stack, 'Backend') };
    },
  },
  {
    name: 'every option of the container and of the task',
    service: () => ({
      cpu: 1024,
      memoryLimitMiB: 2048,
      ephemeralStorageGiB: 30,
      containerCpu: 512,
      containerMemoryLimitMiB: 1024,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080'] },
      desiredCount: 3,
      serviceName: 'api',
      loadBalancerName: 'api',
    }),
    image: (stack) => ({
      family: 'api',
      containerName: 'app',
      containerPort: 8080,
      taskRole: new iam.Role(stack, 'TaskRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
      environment: { LOG_LEVEL: 'info' },
      secrets: { DATABASE: ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Database')) },
      command: ['serve'],
      entryPoint: ['/entrypoint'],
      dockerLabels: { team: 'api' },
    }),
  },
  {
    name: 'secret and key of the stack',
    secret: (stack) => new secretsmanager.Secret(stack, 'Credentials', { encryptionKey: new kms.Key(stack, 'Key') }),
    service: (stack) => ({ vpc: importedVpc(stack) }),
  },
  {
    name: 'imported secret and key',
    secret: (stack) => secretsmanager.Secret.fromSecretAttributes(stack, 'Credentials', {
      secretCompleteArn: SECRET_ARN, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
    }),
    service: (stack) => ({ vpc: importedVpc(stack) }),
  },
  {
    name: 'given VPC',
    service: (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) }),
  },
  {
    name: 'given VPC with public subnets only',
    service: (stack) => ({ vpc: publicVpc(stack) }),
  },
  {
    name: 'public IP asked for',
    service: (stack) => ({ vpc: publicVpc(stack), assignPublicIp: true }),
  },
  {
    name: 'given cluster',
    service: (stack) => ({ cluster: new ecs.Cluster(stack, 'Cluster', { vpc: importedVpc(stack) }) }),
  },
  {
    name: 'HTTPS with a domain name and a redirect',
    service: (stack) => ({
      domainName: 'api.example.com',
      domainZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' }),
      protocol: elbv2.ApplicationProtocol.HTTPS,
      redirectHTTP: true,
    }),
  },
  {
    name: 'HTTPS with a given certificate',
    service: (stack) => ({
      vpc: importedVpc(stack),
      certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate',
        'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-1111-2222-3333-444444444444'),
      sslPolicy: elbv2.SslPolicy.TLS13_RES,
    }),
  },
  {
    name: 'given load balancer',
    service: (stack) => {
      const vpc = importedVpc(stack);
      return { vpc, loadBalancer: new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc }) };
    },
  },
  {
    name: 'given execution role',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    image: (stack) => ({
      executionRole: new iam.Role(stack, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    }),
  },
  {
    name: 'execution role imported by ARN',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    image: (stack) => ({ executionRole: iam.Role.fromRoleArn(stack, 'ExecutionRole', 'arn:aws:iam::111122223333:role/execution') }),
  },
  {
    name: 'given security groups',
    service: (stack) => {
      const vpc = importedVpc(stack);
      return { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })] };
    },
  },
  {
    name: 'circuit breaker set by the user',
    service: (stack) => ({ vpc: importedVpc(stack), circuitBreaker: { enable: true, rollback: true } }),
  },
  {
    name: 'ECS deployment controller set by the user',
    service: (stack) => ({ vpc: importedVpc(stack), deploymentController: { type: ecs.DeploymentControllerType.ECS } }),
  },
  {
    name: 'breaker and controller set by the user',
    service: (stack) => ({
      vpc: importedVpc(stack),
      circuitBreaker: { rollback: true },
      deploymentController: { type: ecs.DeploymentControllerType.ECS },
    }),
  },
  {
    name: 'deployment controller CODE_DEPLOY',
    service: (stack) => ({ vpc: importedVpc(stack), deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY } }),
  },
  {
    name: 'deployment that never runs more tasks than wanted',
    service: (stack) => ({ vpc: importedVpc(stack), maxHealthyPercent: 100, minHealthyPercent: 0 }),
  },
  {
    name: 'several containers',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    afterwards: ({ taskDefinition }, imageOf) => {
      taskDefinition.addContainer('agent', { image: imageOf('ghcr.io/acme/agent:1'), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'agent' }) });
      taskDefinition.addContainer('proxy', { image: ecs.ContainerImage.fromRegistry('envoyproxy/envoy:v1.34.1') });
    },
  },
  {
    name: 'given log driver',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    image: (stack) => ({
      logDriver: ecs.LogDrivers.awsLogs({ streamPrefix: 'api', logGroup: new logs.LogGroup(stack, 'Logs') }),
    }),
  },
  {
    name: 'no logging',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    image: () => ({ enableLogging: false }),
  },
  {
    name: 'ECS Exec, Cloud Map and capacity providers',
    service: (stack) => ({
      cluster: new ecs.Cluster(stack, 'Cluster', {
        vpc: importedVpc(stack),
        enableFargateCapacityProviders: true,
        defaultCloudMapNamespace: { name: 'acme.local' },
      }),
      enableExecuteCommand: true,
      cloudMapOptions: { name: 'api' },
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }, { capacityProvider: 'FARGATE', weight: 1 }],
    }),
  },
  {
    name: 'internal load balancer and chosen subnets',
    service: (stack) => ({
      vpc: importedVpc(stack),
      publicLoadBalancer: false,
      openListener: false,
      listenerPort: 8443,
      taskSubnets: { availabilityZones: ['eu-west-1a'], subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    }),
  },
  {
    name: 'another stack refers to the load balancer',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    afterwards: ({ loadBalancer }) => {
      const other = new Stack(loadBalancer.node.root, 'Other', { env: ENV });
      new ssm.StringParameter(other, 'Address', { stringValue: loadBalancer.loadBalancerDnsName });
    },
  },
  {
    name: 'auto scaling added later',
    service: (stack) => ({ vpc: importedVpc(stack) }),
    afterwards: ({ service }) => {
      service.autoScaleTaskCount({ maxCapacity: 4 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    },
  },
];

/** `ApplicationLoadBalancedFargateService` with what aws-cdk-lib offers for private registries. */
export function rawTemplate(configuration: Configuration, flags: Record<string, unknown>): Template {
  return patternTemplate(configuration, flags, (stack) => {
    const credentials = configuration.secret?.(stack) ?? secretsmanager.Secret.fromSecretCompleteArn(stack, 'Credentials', SECRET_ARN);
    return (reference) => ecs.ContainerImage.fromRegistry(reference, { credentials });
  });
}

/** The same, with our image in its place. */
export function oneLineTemplate(configuration: Configuration, flags: Record<string, unknown>): Template {
  return patternTemplate(configuration, flags, (stack) => imagesWith(credentialsOf(configuration, stack)));
}

/** Our service in place of the pattern. */
export function serviceTemplate(configuration: Configuration, flags: Record<string, unknown>): Template {
  const { stack, scope } = place(configuration, flags);
  const credentials = credentialsOf(configuration, stack);
  const service = new PrivateRegistryFargateService(scope, 'Api', {
    image: IMAGE,
    credentials,
    ...configuration.service?.(stack),
    ...configuration.image?.(stack),
  });
  configuration.afterwards?.(service, imagesWith(credentials));
  return synthesize(stack);
}

/** A template as CloudFormation gets it. */
export interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: any; DependsOn?: string[] }>;
  readonly [section: string]: any;
}

function patternTemplate(
  configuration: Configuration, flags: Record<string, unknown>, imageFactory: (stack: Stack) => ImageFactory,
): Template {
  const { stack, scope } = place(configuration, flags);
  const imageOf = imageFactory(stack);
  const service = new patterns.ApplicationLoadBalancedFargateService(scope, 'Api', {
    ...configuration.service?.(stack),
    taskImageOptions: { image: imageOf(IMAGE), ...configuration.image?.(stack) },
  });
  configuration.afterwards?.(service, imageOf);
  return synthesize(stack);
}

function credentialsOf({ secret }: Configuration, stack: Stack): RegistryCredentials {
  return secret ? RegistryCredentials.fromSecret(secret(stack)) : RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);
}

function imagesWith(credentials: RegistryCredentials): ImageFactory {
  return (reference) => new PrivateRegistryImage(reference, { credentials });
}

function place({ env = ENV, place: chosen }: Configuration, flags: Record<string, unknown>): { stack: Stack; scope: Construct } {
  const app = newApp({ ...flags, ...CHECKED });
  if (chosen) {
    return chosen(app, env);
  }
  const stack = new Stack(app, 'Stack', { env });
  return { stack, scope: stack };
}

function synthesize(stack: Stack): Template {
  return Stage.of(stack)!.synth().getStackArtifact(stack.artifactId).template;
}

function publicVpc(stack: Stack): ec2.IVpc {
  return new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] });
}
