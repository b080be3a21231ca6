import { Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { PrivateRegistryFargateServiceProps } from './private-registry-fargate-service-props';
import { warn } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

/**
 * Makes sure that the tasks can reach the registry, as far as that is known at synth.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
export function connectTasks(
  scope: Construct, service: ecs.FargateService, provider: RegistryProvider, props: PrivateRegistryFargateServiceProps,
): void {
  if (props.deploymentController?.type === ecs.DeploymentControllerType.EXTERNAL) {
    return;
  }

  const { vpc } = service.cluster;
  // What FargateService chooses too.
  const selected = vpc.selectSubnets(props.taskSubnets ?? (props.assignPublicIp ? { subnetType: ec2.SubnetType.PUBLIC } : {}));
  if (selected.isPendingLookup) {
    return;
  }

  const resource = service.node.defaultChild as ecs.CfnService;
  resource.node.addDependency(selected.internetConnectivityEstablished);

  const publicSubnets = selected.subnets.filter((subnet) => vpc.publicSubnets.includes(subnet));
  if (publicSubnets.length > 0 && props.assignPublicIp === undefined) {
    assignPublicIp(resource);
  }
  if (provider.privateNetwork) {
    return;
  }

  if (publicSubnets.length > 0 && props.assignPublicIp === false) {
    warn(scope, 'publicSubnetsWithoutPublicIp',
      `the tasks run without a public IP in public subnets (${namesOf(publicSubnets)}), where they cannot reach ${provider.host}; `
      + `remove assignPublicIp: false${vpc.privateSubnets.length > 0 ? ', or choose private subnets with taskSubnets' : ''}`);
  }
  const isolatedSubnets = selected.subnets.filter((subnet) => vpc.isolatedSubnets.includes(subnet));
  if (isolatedSubnets.length > 0) {
    warn(scope, 'isolatedSubnets',
      `the tasks run in isolated subnets (${namesOf(isolatedSubnets)}), which have no route to ${provider.host}; `
      + `${wayOut(vpc)}, or set privateNetwork: true on the RegistryProvider if the tasks reach the registry inside the network`);
  }
}

/**
 * As a property, so that whoever sets another one later has the last word.
 */
function assignPublicIp(resource: ecs.CfnService): void {
  const { networkConfiguration } = resource;
  resource.networkConfiguration = Lazy.uncachedAny({
    produce: () => {
      const { awsvpcConfiguration } = Stack.of(resource).resolve(networkConfiguration);
      return { awsvpcConfiguration: { ...awsvpcConfiguration, assignPublicIp: 'ENABLED' } };
    },
  });
}

function wayOut(vpc: ec2.IVpc): string {
  if (vpc.privateSubnets.length > 0) {
    return 'choose private subnets with taskSubnets';
  }
  return vpc.publicSubnets.length > 0 ? 'set assignPublicIp: true for the public subnets, or add a NAT gateway' : 'add a NAT gateway';
}

function namesOf(subnets: ec2.ISubnet[]): string {
  return subnets.map((subnet) => subnet.node.path).join(', ');
}
