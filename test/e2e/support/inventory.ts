import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeAddressesCommand, DescribeInternetGatewaysCommand, DescribeNatGatewaysCommand, DescribeRouteTablesCommand, DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeClustersCommand, DescribeServicesCommand, ECSClient, ListClustersCommand, ListServicesCommand, ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Cloud } from './cloud';

/** Everything in the account that a stack of ours can make and forget, as "kind: id". */
export async function inventory(cloud: Cloud): Promise<string[]> {
  const options = cloud.client();
  const ec2 = new EC2Client(options);
  const balancing = new ElasticLoadBalancingV2Client(options);
  const kinds: Record<string, Promise<(string | undefined)[] | undefined>> = {
    'stack': new CloudFormationClient(options).send(new DescribeStacksCommand({})).then(({ Stacks }) => Stacks?.map((stack) => stack.StackName)),
    'log group': new CloudWatchLogsClient(options).send(new DescribeLogGroupsCommand({})).then(({ logGroups }) => logGroups?.map((group) => group.logGroupName)),
    'role': new IAMClient(options).send(new ListRolesCommand({})).then(({ Roles }) => Roles?.map((role) => role.RoleName)),
    'function': new LambdaClient(options).send(new ListFunctionsCommand({})).then(({ Functions }) => Functions?.map((lambda) => lambda.FunctionName)),
    'secret': new SecretsManagerClient(options).send(new ListSecretsCommand({})).then(({ SecretList }) => SecretList?.map((secret) => secret.Name)),
    'key': keys(new KMSClient(options)),
    'cluster': clusters(new ECSClient(options)),
    'service': services(new ECSClient(options)),
    'task definition': new ECSClient(options).send(new ListTaskDefinitionsCommand({})).then(({ taskDefinitionArns }) => taskDefinitionArns),
    'load balancer': balancing.send(new DescribeLoadBalancersCommand({})).then(({ LoadBalancers }) => LoadBalancers?.map((item) => item.LoadBalancerArn)),
    'target group': balancing.send(new DescribeTargetGroupsCommand({})).then(({ TargetGroups }) => TargetGroups?.map((group) => group.TargetGroupArn)),
    'VPC': ec2.send(new DescribeVpcsCommand({})).then(({ Vpcs }) => Vpcs?.map((vpc) => vpc.VpcId)),
    'subnet': ec2.send(new DescribeSubnetsCommand({})).then(({ Subnets }) => Subnets?.map((subnet) => subnet.SubnetId)),
    'route table': ec2.send(new DescribeRouteTablesCommand({})).then(({ RouteTables }) => RouteTables?.map((table) => table.RouteTableId)),
    'security group': ec2.send(new DescribeSecurityGroupsCommand({})).then(({ SecurityGroups }) => SecurityGroups?.map((group) => group.GroupId)),
    'internet gateway': ec2.send(new DescribeInternetGatewaysCommand({})).then(({ InternetGateways }) => InternetGateways?.map((item) => item.InternetGatewayId)),
    'NAT gateway': ec2.send(new DescribeNatGatewaysCommand({})).then(({ NatGateways }) => (
      NatGateways?.filter(({ State }) => State !== 'deleted').map((gateway) => gateway.NatGatewayId)
    )),
    'address': ec2.send(new DescribeAddressesCommand({})).then(({ Addresses }) => Addresses?.map((address) => address.PublicIp)),
  };
  const found = await Promise.all(Object.entries(kinds).map(async ([kind, ids]) => (await ids ?? []).map((id) => `${kind}: ${id}`)));
  return found.flat();
}

/** Those that nobody has asked to delete, which takes days. */
async function keys(kms: KMSClient): Promise<string[]> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const all = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return all.filter(({ KeyMetadata }) => KeyMetadata!.KeyState !== 'PendingDeletion').map(({ KeyMetadata }) => KeyMetadata!.KeyId!);
}

/** A deleted one stays as inactive for a while. */
async function clusters(ecs: ECSClient): Promise<string[]> {
  const { clusterArns } = await ecs.send(new ListClustersCommand({}));
  const { clusters: all = [] } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
  return all.filter(({ status }) => status !== 'INACTIVE').map(({ clusterArn }) => clusterArn!);
}

/** Likewise. */
async function services(ecs: ECSClient): Promise<string[]> {
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  const ofClusters = await Promise.all(clusterArns.map(async (cluster) => {
    const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    return serviceArns.length === 0 ? [] : (await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }))).services!;
  }));
  return ofClusters.flat().filter(({ status }) => status !== 'INACTIVE').map(({ serviceArn }) => serviceArn!);
}
