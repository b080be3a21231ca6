import { Annotations, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PrivateRegistryFargateServiceProps } from './private-registry-fargate-service-props';
import { connectTasks } from './task-network';
import { validateContainerCpu, validateSizes } from './task-size';
import { isOwnRole, roleIn } from '../access/roles';
import { startNothing } from '../image/container-puller';
import { invalid, warn } from '../private/errors';
import { validateLate } from '../private/late';
import { propertiesInTemplate } from '../private/scopes';
import { isUnknown } from '../private/tokens';
import { RegistryProvider } from '../provider/registry-provider';
import { IPrivateRegistry, PrivateRegistry, validateRegistry } from '../registry/private-registry';
import { PullFailure } from '../watch/pull-failure';

/** Private registries need 1.2.0. */
const TOO_OLD = [ecs.FargatePlatformVersion.VERSION1_0, ecs.FargatePlatformVersion.VERSION1_1];

/**
 * A Fargate service behind an application load balancer, with an image in a private registry.
 *
 * It composes the secret with the credentials, an execution role that can read it, and an
 * `ApplicationLoadBalancedFargateService`. The defaults are those of a production service: a circuit breaker that rolls back, no
 * healthy task removed during a deployment, least privilege, and no task before its policies and routes exist.
 *
 * An `ApplicationLoadBalancedFargateService` that you replace with this construct under the same id keeps all its resources.
 *
 * @example
 * new PrivateRegistryFargateService(this, 'Api', {
 *   image: 'ghcr.io/acme/api:1.4.2',
 *   credentials: RegistryCredentials.fromSecretCompleteArn(
 *     'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3'),
 *   containerPort: 8080,
 *   desiredCount: 2,
 * });
 */
export class PrivateRegistryFargateService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /**
   * The registry of the image with its credentials, for sidecars and other services.
   */
  public readonly registry: IPrivateRegistry;

  /**
   * The secret with the credentials.
   */
  public readonly secret: secretsmanager.ISecret;

  /**
   * The role that ECS assumes to pull the image, to read the secret and to write the logs.
   */
  public readonly executionRole: iam.IRole;

  /**
   * The task definition.
   */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  /**
   * The service.
   */
  public readonly service: ecs.FargateService;

  /**
   * The load balancer, also one that was imported.
   */
  public readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /**
   * The listener that forwards to the service.
   */
  public readonly listener: elbv2.ApplicationListener;

  /**
   * The target group of the service.
   */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;

  /**
   * The cluster that the service runs in.
   */
  public readonly cluster: ecs.ICluster;

  /**
   * The construct of aws-cdk-lib that the service is made with.
   */
  public readonly pattern: patterns.ApplicationLoadBalancedFargateService;

  /**
   * The network connections of the tasks.
   */
  public readonly connections: ec2.Connections;

  /**
   * The task role: what is granted to the service is granted to its containers.
   */
  public readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: PrivateRegistryFargateServiceProps) {
    super(scope, id);
    this.registry = registryOf(this, props);
    this.secret = this.registry.secret;
    this.taskDefinition = this.defineTask(props);
    this.executionRole = this.taskDefinition.obtainExecutionRole();
    this.pattern = this.definePattern(props);
    this.service = this.pattern.service;
    this.loadBalancer = props.loadBalancer ?? this.pattern.loadBalancer;
    this.listener = this.pattern.listener;
    this.targetGroup = this.pattern.targetGroup;
    this.cluster = this.pattern.cluster;
    this.connections = this.service.connections;
    this.grantPrincipal = this.taskDefinition.taskRole;

    connectTasks(this, this.service, this.registry.provider, props);
    validatePlatformVersion(this, this.service);
  }

  /**
   * Defines an EventBridge rule for the tasks that cannot start because an image cannot be pulled, also those of a rollback.
   *
   * ECS starts tasks again and again, and each that fails is an event. The event has the reason in `detail.stoppedReason`, on
   * instances in `detail.containers[].reason`. See `PullFailure.eventPattern()` for what is matched.
   *
   * @example
   * declare const api: PrivateRegistryFargateService;
   * declare const topic: sns.Topic;
   * api.onPullFailure('CannotPull', { target: new targets.SnsTopic(topic) });
   *
   * @param id the id of the rule, below this construct
   * @param options the options of the rule: its target, and what narrows the pattern
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
   */
  public onPullFailure(id: string, options: events.OnEventOptions = {}): events.Rule {
    const { target, eventPattern, ...props } = options;
    const rule = new events.Rule(this, id, { ...props, eventPattern: PullFailure.eventPattern(this.taskDefinition) });
    rule.addEventPattern(eventPattern);
    rule.addTarget(target);
    return rule;
  }

  /**
   * The ids and the prefix of the log streams are those of `ApplicationLoadBalancedFargateService`.
   */
  private defineTask(props: PrivateRegistryFargateServiceProps): ecs.FargateTaskDefinition {
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'TaskDef', {
      cpu: props.cpu,
      memoryLimitMiB: props.memoryLimitMiB,
      ephemeralStorageGiB: props.ephemeralStorageGiB,
      executionRole: props.executionRole && executionRoleIn(this, props.executionRole),
      taskRole: props.taskRole,
      family: props.family,
      runtimePlatform: props.runtimePlatform,
    });
    validateContainerCpu(this, props.containerCpu, taskDefinition.cpu);
    if (props.desiredCount === 0) {
      startNothing(taskDefinition);
    }

    const { pullCheck, pinDigest, rolePolicyManagedExternally, containerOptions: { portMappings = [], ...containerOptions } = {} } = props;
    // The number of a dummy is NaN, for which the pattern takes the default as well.
    const containerPort = props.containerPort || 80;
    const container = taskDefinition.addContainer(props.containerName ?? 'web', {
      ...containerOptions,
      image: this.registry.image(props.image, { pullCheck, pinDigest, rolePolicyManagedExternally }),
      logging: this.logDriver(props),
      environment: props.environment,
      secrets: props.secrets,
      healthCheck: props.healthCheck,
      dockerLabels: props.dockerLabels,
      command: props.command,
      entryPoint: props.entryPoint,
      cpu: props.containerCpu,
      memoryLimitMiB: props.containerMemoryLimitMiB,
    });
    // The load balancer sends requests to the first port.
    const first = portMappings.find((mapping) => mapping.containerPort === containerPort && isTcp(mapping)) ?? { containerPort };
    container.addPortMappings(first, ...portMappings.filter((mapping) => mapping !== first));
    validateSizes(this, container);
    return taskDefinition;
  }

  private logDriver(props: PrivateRegistryFargateServiceProps): ecs.LogDriver | undefined {
    const { logDriver, enableLogging = true, logRetention } = props;
    if (logRetention !== undefined && (logDriver !== undefined || !enableLogging)) {
      throw invalid('logRetentionUnused',
        `logRetention ${logRetention} has no effect, because the service creates no log group; `
        + `remove it or ${logDriver ? 'set the retention where the log group of logDriver is defined' : 'enableLogging: false'}`, this);
    }
    if (logDriver !== undefined) {
      return logDriver;
    }
    return enableLogging ? ecs.LogDrivers.awsLogs({ streamPrefix: this.node.id, logRetention }) : undefined;
  }

  private definePattern(props: PrivateRegistryFargateServiceProps): patterns.ApplicationLoadBalancedFargateService {
    const isEcsController = (props.deploymentController?.type ?? ecs.DeploymentControllerType.ECS) === ecs.DeploymentControllerType.ECS;
    // A child named Default adds nothing to the logical ids.
    const pattern = new patterns.ApplicationLoadBalancedFargateService(this, 'Default', {
      ...props,
      taskDefinition: this.taskDefinition,
      circuitBreaker: props.circuitBreaker ?? (isEcsController ? { enable: true, rollback: true } : undefined),
      minHealthyPercent: props.minHealthyPercent ?? (isEcsController && leavesRoom(props.maxHealthyPercent) ? 100 : undefined),
      // The pattern refuses zero.
      desiredCount: props.desiredCount === 0 ? undefined : props.desiredCount,
    });

    const service = pattern.service.node.defaultChild as ecs.CfnService;
    if (props.desiredCount === 0) {
      service.desiredCount = 0;
      if (props.pinDigest) {
        warn(this, 'digestNotPinned', 'pinDigest has no effect with desiredCount: 0, which turns the pull check off; deploy again with the number of tasks');
      }
      Annotations.of(this).acknowledgeWarning('cdk-private-registry:placeholderBesideTasks');
    }
    if (props.circuitBreaker === undefined && props.deploymentController === undefined) {
      // Without its feature flag aws-cdk-lib names the controller beside a circuit breaker, which replaces a service that exists.
      service.deploymentController = undefined;
    }
    const securityGroup = pattern.service.node.tryFindChild('SecurityGroup')?.node.defaultChild as ec2.CfnSecurityGroup | undefined;
    if (securityGroup) {
      // The path of the construct, without the pattern in between: another description replaces the group.
      securityGroup.groupDescription = `${this.node.path}/Service/SecurityGroup`;
    }
    return pattern;
  }
}

function registryOf(scope: Construct, props: PrivateRegistryFargateServiceProps): IPrivateRegistry {
  const { image, credentials, registry, provider } = props;
  if (credentials === undefined && registry === undefined) {
    throw invalid('credentialsMissing',
      `no credentials are given for the image ${JSON.stringify(image)}, expected one of:
  registry: a PrivateRegistry that is shared with other services
  credentials: RegistryCredentials.fromSecretCompleteArn(arn), a secret that exists
  credentials: RegistryCredentials.fromSecretName(name), a secret of this account and Region
  credentials: RegistryCredentials.fromSecret(secret), a secret of this app
  credentials: RegistryCredentials.fromSecretValue({ username, password }), a new secret from values that CloudFormation resolves
  credentials: RegistryCredentials.fromParameters(), a new secret from parameters of the stack
  credentials: RegistryCredentials.placeholder(), a new secret that is filled by hand
for an image that needs none use ecs.ContainerImage.fromRegistry()`, scope);
  }
  if (registry === undefined) {
    return new PrivateRegistry(scope, 'Registry', { provider: provider ?? RegistryProvider.forImage(image), credentials: credentials! });
  }
  validateRegistry(registry, 'set provider for a RegistryProvider, and credentials for RegistryCredentials', scope);
  if (credentials !== undefined || provider !== undefined) {
    throw invalid('credentialsAmbiguous',
      `registry ${registry.node.path} already has a provider and credentials, but ${credentials ? 'credentials' : 'provider'} is also set; remove one of the two`, scope);
  }
  return registry;
}

/**
 * A role that was imported in this stack stays as it is, so that a service which moves over keeps its policy for the logs.
 */
function executionRoleIn(scope: Construct, role: iam.IRole): iam.IRole {
  const stack = Stack.of(scope);
  return Stack.of(role) === stack || isOwnRole(stack, role) ? role : roleIn(scope, 'ImportedExecutionRole', role);
}

/**
 * Whether a deployment can start new tasks while all the old ones run.
 */
function leavesRoom(maxHealthyPercent?: number): boolean {
  return maxHealthyPercent === undefined || (!isUnknown(maxHealthyPercent) && maxHealthyPercent > 100);
}

function isTcp({ protocol = ecs.Protocol.TCP }: ecs.PortMapping): boolean {
  return protocol === ecs.Protocol.TCP;
}

/**
 * At the end of synth, since the version can change until then.
 */
function validatePlatformVersion(scope: Construct, { node }: ecs.FargateService): void {
  validateLate(scope, () => {
    const { PlatformVersion: version } = propertiesInTemplate(node.defaultChild as ecs.CfnService);
    return TOO_OLD.includes(version) ? invalid('platformVersionTooOld',
      `Fargate platform version ${version} cannot pull from private registries, expected 1.2.0 or later; leave platformVersion out to run on the latest`, scope) : undefined;
  });
}
