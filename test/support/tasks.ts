import { CfnParameter, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { IMAGE, newStack, SECRET_ARN } from './synth';
import { OwnerPolicies, PrivateRegistry, PrivateRegistryImage, PrivateRegistryImageOptions, RegistryCredentials } from '../../src';

/** Credentials for which nothing has to be said in the account and Region of `ENV`. */
export const CREDENTIALS = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);

/** A task definition with one container, as anybody writes it. */
export function defineTask(
  scope: Construct, image: ecs.ContainerImage, props: ecs.FargateTaskDefinitionProps = {}, id = 'Task',
): ecs.FargateTaskDefinition {
  const task = new ecs.FargateTaskDefinition(scope, id, props);
  task.addContainer('app', { image });
  return task;
}

/** A task definition whose container is pulled with the credentials. */
export function defineTaskWith(
  scope: Construct, credentials: RegistryCredentials, props: ecs.FargateTaskDefinitionProps = {}, options: Partial<PrivateRegistryImageOptions> = {},
): ecs.FargateTaskDefinition {
  return defineTask(scope, new PrivateRegistryImage(IMAGE, { credentials, ...options }), props);
}

/** A stack with such a task definition. */
export function stackWith(credentials: RegistryCredentials, flags: Record<string, unknown> = {}): Stack {
  const stack = newStack(flags);
  defineTaskWith(stack, credentials);
  return stack;
}

/** The image as aws-cdk-lib has it, without this library. */
export function rawImage(credentials: secretsmanager.ISecret): ecs.ContainerImage {
  return ecs.ContainerImage.fromRegistry(IMAGE, { credentials });
}

/** A network with the given kinds of subnets, in two zones. */
export function newVpc(scope: Construct, ...types: ec2.SubnetType[]): ec2.Vpc {
  return new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: types.includes(ec2.SubnetType.PRIVATE_WITH_EGRESS) ? 1 : 0,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
}

/** A network of somebody else, with public and private subnets in two zones. */
export function importedVpc(scope: Construct): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0000000000000000a', 'subnet-0000000000000000b'],
    privateSubnetIds: ['subnet-1000000000000000a', 'subnet-1000000000000000b'],
  });
}

/** The image with credentials for which nothing has to be said. */
export function apiImage(): PrivateRegistryImage {
  return new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS });
}

export function ecsRole(scope: Construct, props: Partial<iam.RoleProps> = {}, id = 'Role'): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), ...props });
}

/** Asserts that every task definition of the stack is made after the policy that lets its execution role read the secret. */
export function expectTaskWaitsForPolicy(stack: Stack): void {
  const template = Template.fromStack(stack);
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, policy]) => JSON.stringify(policy).includes('secretsmanager:GetSecretValue'));
  for (const task of Object.values(template.findResources('AWS::ECS::TaskDefinition'))) {
    const roleId = task.Properties.ExecutionRoleArn['Fn::GetAtt']?.[0];
    const ownPolicies = policies
      .filter(([, { Properties }]) => roleId === undefined || Properties.Roles.some((role: any) => role.Ref === roleId))
      .map(([id]) => id);
    expect(ownPolicies).not.toEqual([]);
    expect(task.DependsOn).toEqual(expect.arrayContaining(ownPolicies));
  }
}

/** A secret of the app about which nothing has to be said: its value is a parameter. */
export function ownSecret(scope: Construct, props: secretsmanager.SecretProps = {}): secretsmanager.Secret {
  const json = new CfnParameter(scope, 'Json', { noEcho: true });
  return new secretsmanager.Secret(scope, 'Secret', { secretStringValue: SecretValue.cfnParameter(json), ...props });
}

/** The secret as aws-cdk-lib imports it. */
export function rawSecret(scope: Construct, secretCompleteArn = SECRET_ARN, encryptionKey?: kms.IKey): secretsmanager.ISecret {
  return secretsmanager.Secret.fromSecretAttributes(scope, 'RawSecret', { secretCompleteArn, encryptionKey });
}

/** The policies for the owner of the secret in JSON, as they are at the end of synth. */
export function ownerPoliciesOf(registry: PrivateRegistry): Record<keyof OwnerPolicies, any> {
  return Stack.of(registry).resolve(registry.ownerPolicies());
}
