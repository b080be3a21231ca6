import { AcceptedFinding } from './findings';

/**
 * What cfn-lint says of our templates, and why it is no fault. The file of `floor/<configuration>/` is a committed snapshot, that of
 * `newest/<configuration>/` the same on the newest aws-cdk-lib, and that of `integ/` a committed snapshot of an integration test.
 */
export const ACCEPTED_LINT_FINDINGS: AcceptedFinding[] = [
  {
    rule: 'W3005',
    where: / Resources\/\w*(?:Function|Prober)\w*\/DependsOn\/\d$/,
    message: /^'\w*Role[0-9A-F]{8}' dependency already enforced/,
    reason: 'aws-cdk-lib makes every function depend on its role and its policies; the role is named in the properties too',
  },
  {
    rule: 'W3005',
    where: / Resources\/CustomVpcRestrictDefaultSGCustomResourceProviderHandler\w+\/DependsOn\/0$/,
    reason: 'aws-cdk-lib makes the function of its own custom resource depend on its role',
  },
  {
    rule: 'W3005',
    where: / Resources\/\w+Service\w+\/DependsOn\/\d$/,
    message: /ListenerECSGroup\w+' dependency already enforced/,
    reason: 'aws-ecs makes a service depend on its target group, beside the listener, which it does not name',
  },
  {
    rule: 'W3005',
    where: / Resources\/(?:Task|Job|\w+TaskDef)\w+\/DependsOn\/\d$/,
    message: /^'PrivateRegistryPullCheck\w+' dependency already enforced/,
    reason: 'a task or job definition depends on the check of each of its images, also where it takes the secret or the digest from the check',
  },
  {
    rule: 'W3005',
    where: / Resources\/PrivateRegistryPullCheck\w+\/DependsOn\/\d$/,
    message: /^'\w*(?:Secret|Credentials)\w*' dependency already enforced/,
    reason: 'a check depends on the secret and on all that is below it, also where it names the secret itself',
  },
  {
    rule: 'W3010',
    where: / Resources\/\w+Subnet\w+\/Properties\/AvailabilityZone$/,
    message: /'(?:dummy1[ab]|eu-west-1[ab])'/,
    reason: 'the CDK looks the zones up in the account; here they are those of an example',
  },
  {
    rule: 'W2531',
    where: /^floor\/.* Resources\/CustomVpcRestrictDefaultSGCustomResourceProviderHandler\w+\/Properties\/Runtime$/,
    reason: 'the runtime that the oldest aws-cdk-lib has for its own custom resource; newer versions have a newer one',
  },
  {
    rule: 'W3005',
    where: /^integ\/\w+DeployAssert\w+\.template\.json Resources\/\w+WaitFor\w+\/DependsOn\/0$/,
    reason: 'integ-tests-alpha makes the state machine of an assertion depend on its role',
  },
  {
    rule: 'W7001',
    where: /^integ\/\w+DeployAssert\w+\.template\.json Mappings\/LatestNodeRuntimeMap$/,
    reason: 'integ-tests-alpha brings the mapping for its functions, whose runtime the tests set to a newer one',
  },
  {
    rule: 'I1022',
    where: /^/,
    reason: 'aws-cdk-lib writes Fn::Join for every text with a token in it',
  },
];
