import { join } from 'node:path';
import { Duration, RemovalPolicy, Resource } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { roleIn } from '../access/execution-role';

/** What `npx projen bundle` makes of `handler/index.ts`. */
const CODE = join(__dirname, '..', '..', 'assets', 'pull-check', 'handler', 'index');
// aws-cdk-lib of the floor version has no constant for it.
const RUNTIME = new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS);
/** A minute for the rights of a new role to arrive everywhere, a minute for the registry, and a minute for AWS and the answer. */
const TIMEOUT = Duration.seconds(200);

/**
 * A function that checks whether images can be pulled.
 */
export interface IPullCheckFunction extends IConstruct, iam.IGrantable {
  /**
   * The ARN of the function that CloudFormation calls.
   */
  readonly functionArn: string;
}

/**
 * Where a pull check runs, and as whom.
 */
export interface PullCheckPlacement {
  /**
   * The VPC to ask the registry from, if it cannot be reached from the internet or admits only some addresses.
   *
   * @default - the function is outside of any VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets in `vpc`. They need a route to the registry and to Secrets Manager.
   *
   * @default - private subnets, as for any function in a VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the function in `vpc`.
   *
   * @default - a new one that allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The role of the function. It is completed with what the check needs.
   *
   * @default - a new role that may read exactly the secrets that are checked
   */
  readonly role?: iam.IRole;
}

/**
 * Properties of `PullCheckFunction`.
 */
export interface PullCheckFunctionProps extends PullCheckPlacement {
  /**
   * How long the logs are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;
}

/**
 * The function behind pull checks. Each stack gets one by itself; define one to share it between stacks, for example so
 * that a central security account has one principal to list.
 *
 * In a VPC there are two: one inside that asks the registry, and one outside that answers CloudFormation, also when the
 * first has no route to anything.
 */
export class PullCheckFunction extends Construct implements IPullCheckFunction {
  /**
   * A function that was defined elsewhere. Its role has to be given the right to read the secrets there.
   *
   * It needs `cloudformation:DescribeStacks` on the stack too, if the image contains a parameter: without it an update never
   * fails, because it might be a part of a rollback.
   */
  public static fromFunctionArn(scope: Construct, id: string, functionArn: string): IPullCheckFunction {
    class Import extends Resource implements IPullCheckFunction {
      public readonly functionArn = functionArn;
      public readonly grantPrincipal = new iam.UnknownPrincipal({ resource: this });
    }
    return new Import(scope, id);
  }

  /**
   * The ARN of the function that CloudFormation calls.
   */
  public readonly functionArn: string;

  /**
   * The role that reads the secrets.
   */
  public readonly role: iam.IRole;

  /**
   * The role that reads the secrets.
   */
  public readonly grantPrincipal: iam.IPrincipal;

  /**
   * The role that answers CloudFormation; in a VPC another one.
   *
   * @internal
   */
  public readonly _responderRole: iam.IRole;

  constructor(scope: Construct, id: string, props: PullCheckFunctionProps = {}) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = props.role ? roleIn(this, 'ImportedRole', props.role) : functionRole(this, 'Role');
    this.grantPrincipal = this.role.grantPrincipal;
    logGroup.grantWrite(this.role);

    if (props.vpc === undefined) {
      this._responderRole = this.role;
      this.functionArn = this.define('Function', 'respond', this.role, logGroup).functionArn;
      return;
    }
    const prober = this.defineProber(props.vpc, props, logGroup);
    this._responderRole = functionRole(this, 'ResponderRole');
    logGroup.grantWrite(this._responderRole);
    this._responderRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [prober.functionArn] }));
    this.functionArn = this.define('Function', 'respond', this._responderRole, logGroup, {
      environment: { PROBER: prober.functionArn },
    }).functionArn;
  }

  private defineProber(vpc: ec2.IVpc, props: PullCheckFunctionProps, logGroup: logs.ILogGroup): lambda.Function {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
        'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
      ],
      // Lambda needs them before there is an interface to name
      // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
      resources: ['*'],
    }));
    // lambda.Function waits for the routes of its subnets.
    return this.define('Prober', 'probe', this.role, logGroup, {
      vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      allowAllOutbound: props.securityGroups ? undefined : true,
    });
  }

  private define(
    id: string, handler: string, role: iam.IRole, logGroup: logs.ILogGroup, props: Partial<lambda.FunctionProps> = {},
  ): lambda.Function {
    return new lambda.Function(this, id, {
      description: 'Checks whether container images can be pulled from private registries',
      runtime: RUNTIME,
      code: lambda.Code.fromAsset(CODE),
      handler: `index.${handler}`,
      memorySize: 256,
      timeout: TIMEOUT,
      role,
      logGroup,
      ...props,
      // Messages say whose rights are missing.
      environment: { READER: this.role.roleArn, ...props.environment },
    });
  }
}

function functionRole(scope: Construct, id: string): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}
