import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { attachPolicies, warnAboutFunction } from './check-policies';
import { PullCheckFunctionAttributes, PullCheckFunctionProps } from './pull-check-function-props';
import { policyName } from '../access/policy-name';
import { policyStatement, PullStatement } from '../access/pull-statements';
import { customizesRoles, isImmutable, roleIn } from '../access/roles';
import { invalid, warn } from '../private/errors';
import { hasPropertyOverrides } from '../private/resource-graph';

/** The output of `npx projen bundle` for `handler/index.ts`. */
const CODE = join(__dirname, '..', '..', 'assets', 'pull-check', 'handler', 'index');
// aws-cdk-lib of the floor version has no constant for it.
const RUNTIME = new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS);
/** A minute for the permissions of a new role to take effect everywhere, a minute for the registry, and a minute for AWS and the answer. */
const TIMEOUT = Duration.seconds(200);

const NETWORK_INTERFACES: PullStatement = {
  actions: [
    'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
    'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
  ],
  // Lambda needs them before there is an interface to name
  // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
  resources: ['*'],
};

/**
 * A function that checks whether images can be pulled.
 *
 * Not an `IResource`: its `env` is of another type in newer versions of aws-cdk-lib, and Go code that was generated for the oldest
 * version does not compile with them.
 */
export interface IPullCheckFunction extends IConstruct, iam.IGrantable, ec2.IConnectable {
  /**
   * The ARN of the function that CloudFormation calls.
   */
  readonly functionArn: string;
}

/**
 * The function behind pull checks. Each stack creates one automatically; define one to share it, for example so that a security
 * account has only one principal to allow.
 *
 * In a VPC there are two functions: one inside that asks the registry, and one outside that answers CloudFormation, even when
 * the first has no route at all. With `responderInVpc` both are inside.
 */
export class PullCheckFunction extends Construct implements IPullCheckFunction {
  /**
   * A function of another app.
   *
   * If the image contains a parameter, the function needs `cloudformation:DescribeStacks` on the stack. Without it the check
   * never stops an update, because the update can be part of a rollback.
   */
  public static fromPullCheckFunctionAttributes(scope: Construct, id: string, attrs: PullCheckFunctionAttributes): IPullCheckFunction {
    const { functionArn, role, securityGroups } = attrs;
    class Import extends Construct implements IPullCheckFunction {
      public readonly functionArn = functionArn;
      public readonly grantPrincipal = role?.grantPrincipal ?? new iam.UnknownPrincipal({ resource: this });

      public get connections(): ec2.Connections {
        if (securityGroups === undefined) {
          throw connectionsUnknown(this);
        }
        return new ec2.Connections({ securityGroups });
      }

      public _attach(dependent: Construct, statements: PullStatement[]): void {
        if (role === undefined) {
          warnAboutFunction(dependent, functionArn, statements);
        } else {
          attachPolicies(dependent, { reader: role, responder: role }, statements);
        }
      }
    }
    return new Import(scope, id);
  }

  /**
   * The ARN of the function that CloudFormation calls.
   */
  public readonly functionArn: string;

  /**
   * The function that CloudFormation calls. It is outside of the VPC unless `responderInVpc` is set.
   */
  public readonly function: lambda.IFunction;

  /**
   * The function in the VPC that asks the registry. Not set without a VPC: then `function` does.
   */
  public readonly prober?: lambda.IFunction;

  /**
   * The log group of the function, in a VPC of both functions.
   */
  public readonly logGroup: logs.ILogGroup;

  /**
   * The role that reads the secrets.
   */
  public readonly role: iam.IRole;

  /**
   * The role that reads the secrets.
   */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly responderRole: iam.IRole;
  private readonly requireHosts: boolean;
  /** What the functions need beside the permissions of the checks. */
  private readonly statements: PullStatement[];

  constructor(scope: Construct, id: string, props: PullCheckFunctionProps = {}) {
    super(scope, id);
    validateProps(this, props);
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = props.role ? roleIn(this, 'ImportedRole', props.role) : functionRole(this, 'Role', 'Reads the credentials of private registries and checks whether images can be pulled with them');
    this.grantPrincipal = this.role.grantPrincipal;
    this.requireHosts = props.requireHosts ?? false;
    this.logGroup.grantWrite(this.role);
    this.statements = [{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }];

    if (props.vpc === undefined) {
      this.responderRole = this.role;
      this.function = this.define('Function', 'respond', this.role);
    } else {
      const prober = this.defineProber(props.vpc, props);
      this.prober = prober;
      // Whoever passes a role may not be allowed to create another.
      this.responderRole = props.role ? this.role : functionRole(this, 'ResponderRole', 'Answers CloudFormation for the checks of images in private registries');
      this.function = this.defineResponder(prober, this.responderRole, props.responderInVpc ? {
        vpc: props.vpc, vpcSubnets: props.vpcSubnets, securityGroups: prober.connections.securityGroups, allowPublicSubnet: true,
      } : {});
      this.statements.push(NETWORK_INTERFACES, invoke(prober));
    }
    this.functionArn = this.function.functionArn;
  }

  /**
   * The connections of the function inside the VPC. Throws if there is no VPC.
   */
  public get connections(): ec2.Connections {
    if (this.prober === undefined) {
      throw connectionsUnknown(this);
    }
    return this.prober.connections;
  }

  /**
   * A metric of the function that CloudFormation calls, averaged over 5 minutes by default.
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metric(metricName, props);
  }

  /**
   * The number of failed calls, summed over 5 minutes by default. A call that finds that an image cannot be pulled has not failed.
   */
  public metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Errors', { statistic: cloudwatch.Stats.SUM, ...props });
  }

  /**
   * The duration of the calls, averaged over 5 minutes by default.
   */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricDuration(props);
  }

  /**
   * The number of calls, summed over 5 minutes by default.
   */
  public metricInvocations(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricInvocations(props);
  }

  /**
   * The number of throttled calls, summed over 5 minutes by default.
   */
  public metricThrottles(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricThrottles(props);
  }

  /**
   * Gives the function its permissions in the stack of `dependent`, which waits for them.
   *
   * @internal
   */
  public _attach(dependent: Construct, statements: PullStatement[]): void {
    attachPolicies(dependent, { reader: this.role, responder: this.responderRole, own: this.statements }, statements);
  }

  /**
   * Whether nothing but the policies of its role decides what it reads: in a VPC the policy of an endpoint does, too. To be asked
   * at the end of synth.
   *
   * @internal
   */
  public _readsOnlyByRole(): boolean {
    const resource = this.function.node.defaultChild as lambda.CfnFunction;
    return resource.role === this.role.roleArn && resource.vpcConfig === undefined && this.prober === undefined && !hasPropertyOverrides(resource);
  }

  private defineResponder(prober: lambda.Function, role: iam.IRole, placement: Partial<lambda.FunctionProps>): lambda.Function {
    if (role !== this.role) {
      this.logGroup.grantWrite(role);
      if (placement.vpc) {
        role.addToPrincipalPolicy(policyStatement(NETWORK_INTERFACES));
      }
    }
    const policy = this.allowInvoke(role, prober);
    const responder = this.define('Function', 'respond', role, {
      ...placement,
      description: 'Answers CloudFormation for the checks of images in private registries; the function in the VPC asks the registries',
      environment: { PROBER: prober.functionArn },
    });
    if (policy) {
      responder.node.addDependency(policy);
    }
    return responder;
  }

  /**
   * The prober waits for the policies of its role, so that with one role for both this has to be a separate one.
   */
  private allowInvoke(role: iam.IRole, prober: lambda.Function): iam.Policy | undefined {
    const statements = [policyStatement(invoke(prober))];
    if (role === this.role && !isImmutable(role) && !customizesRoles(this, role)) {
      return new iam.Policy(this, 'InvokePolicy', { policyName: policyName(this, 'PrivateRegistryPullCheckInvoke'), roles: [role], statements });
    }
    statements.forEach((statement) => role.addToPrincipalPolicy(statement));
    return undefined;
  }

  private defineProber(vpc: ec2.IVpc, props: PullCheckFunctionProps): lambda.Function {
    this.role.addToPrincipalPolicy(policyStatement(NETWORK_INTERFACES));
    warnAboutPublicSubnets(this, vpc, props.vpcSubnets);
    // lambda.Function waits for the routes of its subnets.
    return this.define('Prober', 'probe', this.role, {
      vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      allowAllOutbound: props.securityGroups ? undefined : true,
      allowPublicSubnet: true,
    });
  }

  private define(id: string, handler: string, role: iam.IRole, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
    const functionProps = {
      description: 'Checks whether images can be pulled from private registries',
      runtime: RUNTIME,
      code: lambda.Code.fromAsset(CODE),
      handler: `index.${handler}`,
      // 256 are too few for the longest manifest.
      memorySize: 512,
      timeout: TIMEOUT,
      role,
      logGroup: this.logGroup,
      ...props,
      // Messages name the role that lacks permissions.
      environment: { READER: this.role.roleArn, ...this.requireHosts && { REQUIRE_HOSTS: 'true' }, ...props.environment },
    };
    try {
      return new lambda.Function(this, id, functionProps);
    } catch (error) {
      throw stackWithoutAssets(this, error) ?? error;
    }
  }
}

/**
 * Gives a function its permissions, or warns if that is not possible. Not by `instanceof`: with two copies of this package in
 * an app, a function of one can be passed to the other.
 */
export function attachTo(checkFunction: IPullCheckFunction, dependent: Construct, statements: PullStatement[]): void {
  if ('_attach' in checkFunction) {
    (checkFunction as PullCheckFunction)._attach(dependent, statements);
  } else {
    warnAboutFunction(dependent, checkFunction.functionArn, statements);
  }
}

/**
 * The error for a stack whose synthesizer refuses assets, which is known only by its text.
 */
function stackWithoutAssets(scope: Construct, error: unknown): Error | undefined {
  if (!/BootstraplessSynthesizer|Asset Bucket/.test(String(error))) {
    return undefined;
  }
  return invalid('stackWithoutAssets',
    `the stack ${Stack.of(scope).node.path} cannot have assets, and the code of the pull check is one; `
    + 'define a PullCheckFunction in another stack and set pullCheck.checkFunction, or set pullCheck.mode OFF', scope);
}

function validateProps(scope: Construct, { vpc, vpcSubnets, securityGroups, responderInVpc, logGroup, logRetention }: PullCheckFunctionProps): void {
  if (!vpc && (vpcSubnets ?? securityGroups ?? (responderInVpc || undefined))) {
    throw invalid('pullCheckWithoutVpc', 'the PullCheckFunction has vpcSubnets, securityGroups or responderInVpc but no vpc; set vpc', scope);
  }
  if (logGroup && logRetention) {
    throw invalid('logRetentionUnused', 'logRetention is of the log group that the PullCheckFunction creates, but logGroup is set; '
      + 'set the retention of that log group, and remove logRetention', scope);
  }
}

/**
 * aws-cdk-lib refuses them, and names an option to allow them: a registry inside of the VPC can be reached from there.
 */
function warnAboutPublicSubnets(scope: Construct, vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): void {
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  const ids = vpc.publicSubnets.map(({ subnetId }) => subnetId);
  const inPublic = isPendingLookup ? [] : subnets.filter(({ subnetId }) => ids.includes(subnetId));
  if (inPublic.length > 0) {
    warn(scope, 'pullCheckInPublicSubnets',
      `the pull check function runs in public subnets (${inPublic.map(({ node }) => node.path).join(', ')}), where a function has no public IP: `
      + 'without VPC endpoints it reaches nothing outside of the VPC, Secrets Manager included, and then checks nothing; '
      + 'choose private subnets with vpcSubnets, or leave vpc out if the registry is not inside of the VPC');
  }
}

function invoke(prober: lambda.Function): PullStatement {
  return { actions: ['lambda:InvokeFunction'], resources: [prober.functionArn] };
}

function connectionsUnknown(scope: Construct): Error {
  return invalid('connectionsWithoutVpc',
    'only a pull check function in a VPC has security groups, and those of an imported one are not known; '
    + 'set vpc of the PullCheckFunction, or securityGroups in fromPullCheckFunctionAttributes()', scope);
}

function functionRole(scope: Construct, id: string, description: string): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description });
}
