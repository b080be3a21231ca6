/** An image in a task definition for instances, whose agent pulls it. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistryImage, RegistryCredentials } from '../src';
import { expectTasksToRun, expectVerdicts } from './integ/expectations';
import { inputs } from './integ/inputs';
import { newStack, newTest, publicVpc, synthesize } from './integ/stacks';

const { image, secretArn } = inputs();
const stack = newStack('IntegEc2Service');
const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: publicVpc(stack) });
const instances = new autoscaling.AutoScalingGroup(stack, 'Instances', {
  vpc: cluster.vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  associatePublicIpAddress: true,
  instanceType: new ec2.InstanceType('t3.small'),
  machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
});
// Nothing protects the instance, so that it is deleted with the stack, and ECS drains it: the function that aws-cdk-lib would
// add for that has a runtime that Lambda phases out.
cluster.addAsgCapacityProvider(new ecs.AsgCapacityProvider(stack, 'Capacity', {
  autoScalingGroup: instances, enableManagedScaling: false, enableManagedTerminationProtection: false, enableManagedDraining: true,
}));

const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
taskDefinition.addContainer('app', {
  image: new PrivateRegistryImage(image, { credentials: RegistryCredentials.fromSecretCompleteArn(secretArn) }),
  memoryLimitMiB: 256,
});
const service = new ecs.Ec2Service(stack, 'Service', {
  cluster, taskDefinition, minHealthyPercent: 100, circuitBreaker: { enable: true, rollback: true },
});
// The service goes before its instances do.
service.node.addDependency(instances);

const test = newTest(stack);
expectVerdicts(test, stack, 'OK');
expectTasksToRun(test, service, 1);
synthesize(test);
