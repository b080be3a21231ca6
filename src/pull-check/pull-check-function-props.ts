import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Where a pull check runs, and with which role.
 */
export interface PullCheckPlacement {
  /**
   * The VPC from which to ask the registry, if the registry cannot be reached from the internet or allows only some addresses.
   *
   * @default - the function is outside of any VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets in `vpc`. They need a route to the registry and to Secrets Manager.
   *
   * @default - private subnets, as for every function in a VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the function in `vpc`.
   *
   * @default - a new one that allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The role of the function, in a VPC of both functions. The permissions that the check needs are added to it; for a role that
   * cannot be changed, a warning shows them.
   *
   * @default - a new role that can read only the secrets that are checked
   */
  readonly role?: iam.IRole;
}

/**
 * Properties of `PullCheckFunction`.
 */
export interface PullCheckFunctionProps extends PullCheckPlacement {
  /**
   * How long to keep the logs. Cannot be combined with `logGroup`.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The log group of the function, in a VPC of both functions; for example one that is encrypted.
   *
   * @default - a new one, which is deleted with the function
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * Whether the function that answers CloudFormation is in `vpc` too, if no function can be outside of a VPC. It has the subnets and
   * security groups of the other one.
   *
   * The subnets then also need a route to Lambda, to CloudFormation, and to Amazon S3, which receives the answer: a NAT gateway, or
   * endpoints for all three. A policy of the endpoint for Amazon S3 must allow the buckets of CloudFormation. A function without these
   * routes cannot answer: CloudFormation waits 15 minutes before the deployment fails, and again when it rolls back or deletes.
   *
   * Throws if `vpc` is not set.
   *
   * @default false - this function is outside of the VPC, and can answer even if the other one has no route at all
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html
   */
  readonly responderInVpc?: boolean;

  /**
   * Whether to refuse secrets that do not name the hosts that their credentials are for.
   *
   * Whoever can call the function, or change a stack that does, chooses the host that gets the credentials of any secret that the
   * function can read. The key `hosts` of the secret limits that:
   * `{"username":"acme-bot","password":"...","hosts":["ghcr.io"]}`. A secret that has the key is sent to no other host in any case.
   * With `true`, a secret without it, or for another host, fails the deployment with the verdict `HOST_NOT_LISTED`. Recommended for a
   * function that is shared.
   *
   * @default false - the credentials of a secret without the key `hosts` are sent to the registry of the image
   */
  readonly requireHosts?: boolean;
}

/**
 * What is known about a `PullCheckFunction` of another app.
 */
export interface PullCheckFunctionAttributes {
  /**
   * The ARN of the function that CloudFormation calls.
   */
  readonly functionArn: string;

  /**
   * The role that reads the secrets. Policies are attached to it if it belongs to the account of the stack and can be changed.
   *
   * In a VPC the function that CloudFormation calls has another role unless one was given, `PullCheckFunction.function.role`. Allow that role
   * `cloudformation:DescribeStacks` where it is defined.
   *
   * @default - not known; a warning shows the policy to attach to it
   */
  readonly role?: iam.IRole;

  /**
   * The security groups of the function in a VPC.
   *
   * @default - not known; `connections` is an error
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
