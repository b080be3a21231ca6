/**
 * What differs when `ApplicationLoadBalancedFargateService` becomes `PrivateRegistryFargateService`, or when
 * `ecs.ContainerImage.fromRegistry()` becomes `PrivateRegistryImage`. Nothing else does, and nothing of it replaces a resource.
 */
export interface ExpectedDifference {
  /** The type of the resources. */
  readonly type: string;
  /** The path of the property, with `[]` for any element of a list. */
  readonly path: string;
  /** What aws-cdk-lib makes: a value as JSON, the type of a resource that is waited for, or a permission. */
  readonly raw?: string;
  /** What this library makes of it. */
  readonly ours?: string;
  readonly why: string;
}

const VIA_SECRETS_MANAGER = JSON.stringify({
  StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } },
});

/** What the pull check adds to a stack, once for all its services. Nothing of it was there before. */
export const ADDED_BY_PULL_CHECK = [
  'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'Custom::PrivateRegistryPullCheck',
];

/** One line: the image is ours, the construct stays. */
export const IMAGE_DIFFERENCES: ExpectedDifference[] = [
  {
    type: 'AWS::ECS::TaskDefinition',
    path: 'DependsOn',
    ours: 'Custom::PrivateRegistryPullCheck',
    why: 'an image that cannot be pulled stops the deployment before ECS sees it',
  },
  {
    type: 'AWS::ECS::TaskDefinition',
    path: 'DependsOn',
    ours: 'AWS::IAM::Policy',
    why: 'no task starts before the execution role can read the secret; the properties stay the same, so there is no new revision',
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'Properties.PolicyDocument',
    raw: 'Allow secretsmanager:DescribeSecret on "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"',
    why: 'ECS only reads the value of the secret',
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'Properties.PolicyDocument',
    raw: 'Allow secretsmanager:DescribeSecret on {"Ref":"CredentialsF8F243AA"}',
    why: 'ECS only reads the value of the secret',
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'Properties.PolicyDocument',
    raw: 'Allow secretsmanager:GetSecretValue on "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"',
    why: 'an execution role that was imported gets this permission in a separate policy, whose name contains the stack and the Region',
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'Properties.PolicyDocument',
    ours: `Allow kms:Decrypt on "arn:aws:kms:eu-west-1:111122223333:key/00000000-1111-2222-3333-444444444444" if ${VIA_SECRETS_MANAGER}`,
    why: 'the execution role can decrypt the secret; aws-cdk-lib omits this for an imported key',
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'Properties.PolicyDocument',
    ours: `Allow kms:Decrypt on {"Fn::GetAtt":["Key961B73FD","Arn"]} if ${VIA_SECRETS_MANAGER}`,
    why: 'the permission to decrypt the secret is in the policy of the role instead of the policy of the key, which can belong to another stack',
  },
  {
    type: 'AWS::KMS::Key',
    path: 'Properties.KeyPolicy',
    raw: 'Allow kms:Decrypt on "*" to {"AWS":{"Fn::GetAtt":["ApiTaskDefExecutionRole5CBCA7DA","Arn"]}}'
      + ' if {"StringEquals":{"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"}}',
    why: 'the permission to decrypt the secret is in the policy of the role instead of the policy of the key, which can belong to another stack',
  },
];

/** The service is ours. */
export const SERVICE_DIFFERENCES: ExpectedDifference[] = [
  ...IMAGE_DIFFERENCES,
  {
    type: 'AWS::ECS::Service',
    path: 'DependsOn',
    ours: 'AWS::EC2::Route',
    why: 'the tasks have a route to the registry before they start, if the VPC is in the same stack',
  },
  {
    type: 'AWS::ECS::Service',
    path: 'DependsOn',
    ours: 'AWS::EC2::SubnetRouteTableAssociation',
    why: 'the tasks have a route to the registry before they start, if the VPC is in the same stack',
  },
  {
    type: 'AWS::ECS::Service',
    path: 'Properties.DeploymentConfiguration.DeploymentCircuitBreaker',
    ours: '{"Enable":true,"Rollback":true}',
    why: 'a deployment whose tasks do not start fails within minutes and is rolled back, unless circuitBreaker or another deployment controller is set',
  },
  {
    type: 'AWS::ECS::Service',
    path: 'Properties.DeploymentConfiguration.MinimumHealthyPercent',
    raw: '50',
    ours: '100',
    why: 'a deployment removes no healthy task, unless minHealthyPercent, a maxHealthyPercent that leaves no room or another deployment controller is set',
  },
  {
    type: 'AWS::ECS::Service',
    path: 'Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp',
    raw: '"DISABLED"',
    ours: '"ENABLED"',
    why: 'in public subnets a task reaches the registry only with a public IP, unless assignPublicIp is set',
  },
  {
    type: 'AWS::CertificateManager::Certificate',
    path: 'Properties.Tags[].Value',
    raw: '"Stack/Api/Certificate"',
    ours: '"Stack/Api/Default/Certificate"',
    why: 'the tag Name of a certificate that the service creates is the path of the construct',
  },
];
