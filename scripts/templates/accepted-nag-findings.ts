import { AcceptedFinding } from './findings';

const CHECK_FUNCTION = /\/(?:PrivateRegistry)?PullCheck(?:Function(?:[0-9a-f]{16})?)?\/(?:Function|Prober)\/Resource$/;
const CREATED_SECRET = /\/(?:GhcrIoSecret|Ghcr\/Secret|app\/Secret)\/Resource$/;

/** What cdk-nag says of what this library makes. docs/security.md has the rules and the reasons. */
export const FINDINGS_OF_THE_LIBRARY: AcceptedFinding[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: /^pull-check-in-vpc Stack\/PrivateRegistryPullCheckFunction[0-9a-f]{16}\/Role\/DefaultPolicy\/Resource$/,
    reason: 'Lambda requires the actions on network interfaces before there is an interface to name',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:aws:kms:eu-west-1:111122223333:key/*]',
    where: /^secret-by-complete-arn-with-alias Stack\/(?:Task\/ExecutionRole\/DefaultPolicy|PrivateRegistryPullCheckReadSecret[0-9a-f]{16})\/Resource$/,
    reason: 'IAM does not accept an alias as a resource; the condition kms:ResourceAliases names it',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:aws:logs:eu-west-1:111122223333:log-group:/aws/batch/job:*]',
    where: /^batch-job-on-[a-z-]+ Stack\/JobContainer\d?\/ExecutionRole\/DefaultPolicy\/Resource$/,
    reason: 'aws-batch allows the execution role to write the logs of jobs, which all have one group',
  },
  {
    rule: 'AwsSolutions-SMG4',
    where: CREATED_SECRET,
    reason: 'registries have no common way to rotate a token; its issuer replaces it in the secret',
  },
  {
    rule: 'NIST.800.53.R5-SecretsManagerRotationEnabled',
    where: CREATED_SECRET,
    reason: 'registries have no common way to rotate a token; its issuer replaces it in the secret',
  },
  {
    rule: 'NIST.800.53.R5-SecretsManagerUsingKMSKey',
    where: CREATED_SECRET,
    reason: 'the secret is encrypted with the AWS managed key; encryptionKey sets another one',
  },
  {
    rule: 'NIST.800.53.R5-IAMNoInlinePolicy',
    where: /\/(?:PrivateRegistryPullCheck(?:ReadSecret|DescribeStack)[0-9a-f]{16}|PrivateRegistryPullPolicy[0-9a-f]{16}|\w*Role\/(?:DefaultPolicy|Policy))\/Resource$/,
    reason: 'each policy belongs to one role, and is created and removed with the image that needs it',
  },
  {
    rule: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    where: /\/(?:PrivateRegistry)?PullCheck(?:Function(?:[0-9a-f]{16})?)?\/LogGroup\/Resource$/,
    reason: 'the log has verdicts and no credentials; CloudWatch Logs encrypts it with its own key',
  },
  {
    rule: 'NIST.800.53.R5-LambdaConcurrency',
    where: CHECK_FUNCTION,
    reason: 'only deployments call the function; reserved concurrency is permanently taken from the account, and does not fit into the quota of a new account',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    where: CHECK_FUNCTION,
    reason: 'CloudFormation waits for the answer and fails without one; a queue would only keep the address that receives the answer',
  },
  {
    rule: 'NIST.800.53.R5-LambdaInsideVPC',
    where: CHECK_FUNCTION,
    reason: 'the function asks a registry on the internet and answers CloudFormation; pullCheck.vpc puts the part that asks into a VPC',
  },
];

/** What cdk-nag says of the recipe of docs/security.md for the rules of an organization, which has the rules and the reasons. */
export const FINDINGS_OF_THE_RECIPE: AcceptedFinding[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    where: /Stack\/PullCheck(?:Role\/DefaultPolicy|\/ImportedRole\/Policy)\/Resource$/,
    reason: 'Lambda requires the actions on network interfaces before there is an interface to name; those of X-Ray have no resource',
  },
  {
    rule: 'NIST.800.53.R5-IAMNoInlinePolicy',
    where: /Stack\/(?:PrivateRegistryPull(?:CheckReadSecret|CheckDescribeStack|Policy)[0-9a-f]{16}|\w+Role\/(?:Default)?Policy|PullCheck\/ImportedRole\/Policy|PullCheck\/InvokePolicy)\/Resource$/,
    reason: 'each policy belongs to one role, and is created and removed with what needs it',
  },
];

/** What cdk-nag says of what the apps choose, and of what aws-cdk-lib makes for them. */
export const FINDINGS_OF_THE_APPS: AcceptedFinding[] = [
  ...entries(/\/LB\/Resource$/, 'the load balancer is that of ApplicationLoadBalancedFargateService; its log bucket, firewall and protection are up to the app', [
    'AwsSolutions-ELB2', 'NIST.800.53.R5-ELBLoggingEnabled', 'NIST.800.53.R5-ALBWAFEnabled', 'NIST.800.53.R5-ELBDeletionProtectionEnabled',
  ]),
  ...entries(/\/LB\/Public(?:Redirect)?Listener\/Resource$/, 'HTTPS needs a certificate or a domain name, which only the app has', [
    'NIST.800.53.R5-ALBHttpToHttpsRedirection', 'NIST.800.53.R5-ELBv2ACMCertificateRequired',
  ]),
  ...entries(/\/LB\/SecurityGroup\/Resource$/, 'a public web service; openListener: false closes it', ['AwsSolutions-EC23']),
  ...entries(/\/(?:EcsDefaultCluster\w+|Cluster)\/Resource$/, 'Container Insights costs money for each task, and is a property of the cluster', ['AwsSolutions-ECS4']),
  ...entries(/\/(?:Api\/TaskDef|Task)\/Resource$/, 'a container that the app added without logging', ['AwsSolutions-ECS7']),
  ...entries(/\/(?:web|app|agent|worker)\/LogGroup\/Resource$/, 'the log of the app, as aws-ecs makes it; logRetention and logDriver of the app change it', [
    'NIST.800.53.R5-CloudWatchLogGroupEncrypted', 'NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod',
  ]),
  ...entries(/\/Vpc\/Resource$/, 'a network of the app, without flow logs', ['AwsSolutions-VPC7', 'NIST.800.53.R5-VPCFlowLogsEnabled']),
  ...entries(/\/Vpc\/PublicSubnet\d\/(?:Subnet|DefaultRoute)$/, 'the public subnets of ec2.Vpc, for load balancer and NAT gateway', [
    'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW', 'NIST.800.53.R5-VPCSubnetAutoAssignPublicIpDisabled',
  ]),
  ...entries(/\/Watchdog\/(?:PullFailed|CannotPull|Expiry)\/Resource$/, 'whom an alarm tells is up to the app: addAlarmAction()', ['NIST.800.53.R5-CloudWatchAlarmAction']),
  ...entries(/ (?:Stack|Owner)\/Credentials\/Resource$/, 'a secret that the app defines by itself', [
    'AwsSolutions-SMG4', 'NIST.800.53.R5-SecretsManagerRotationEnabled', 'NIST.800.53.R5-SecretsManagerUsingKMSKey',
  ]),
  ...entries(/ (?:Stack|Owner)\/Key\/Resource$/, 'a key that the app defines by itself', ['AwsSolutions-KMS5', 'NIST.800.53.R5-KMSBackingKeyRotationEnabled']),
];

function entries(where: RegExp, reason: string, rules: string[]): AcceptedFinding[] {
  return rules.map((rule) => ({ rule, where, reason }));
}
