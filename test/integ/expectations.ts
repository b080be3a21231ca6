import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { DescribeStacksCommandInput } from '@aws-sdk/client-cloudformation';
import { DescribeServicesCommandInput, DescribeServicesCommandOutput } from '@aws-sdk/client-ecs';
import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** CloudFormation waits for the tasks. ECS calls the deployment complete, and the load balancer finds them, some moments later. */
const PATIENCE = { interval: Duration.seconds(10), totalTimeout: Duration.minutes(5) };

/**
 * ECS says that as many tasks run as are wanted, and that their deployment is complete: the image was pulled.
 */
export function expectTasksToRun(test: IntegTest, service: ecs.IBaseService, tasks: number): void {
  const parameters: DescribeServicesCommandInput = { cluster: service.cluster.clusterArn, services: [service.serviceName] };
  const expected: Partial<DescribeServicesCommandOutput> = {
    services: [{ desiredCount: tasks, runningCount: tasks, deployments: [{ rolloutState: 'COMPLETED' }] }],
  };
  test.assertions.awsApiCall('ECS', 'describeServices', parameters)
    .expect(ExpectedResult.objectLike(expected))
    .waitForAssertions(PATIENCE);
}

/**
 * The load balancer gets an answer of the container.
 */
export function expectToAnswer(test: IntegTest, loadBalancer: elbv2.ILoadBalancerV2): void {
  test.assertions.httpApiCall(`http://${loadBalancer.loadBalancerDnsName}/`)
    .expect(ExpectedResult.objectLike({ status: 200 }))
    .waitForAssertions(PATIENCE);
}

/**
 * What the checks of a stack told CloudFormation, in the order in which their images were defined.
 */
export function expectVerdicts(test: IntegTest, stack: Stack, ...verdicts: string[]): void {
  const checks = checksOf(stack);
  if (checks.length !== verdicts.length) {
    throw new Error(`${stack.node.path} has ${checks.length} checks, expected ${verdicts.length}`);
  }
  checks.forEach((check, index) => expectOutput(test, stack, `Verdict${index}`, check.getAttString('Verdict'), verdicts[index]));
}

/**
 * The task definition names the image by the digest that the check has found.
 */
export function expectPinnedImage(test: IntegTest, stack: Stack): void {
  const [check] = checksOf(stack);
  expectOutput(test, stack, 'PinnedImage', check.getAttString('Image'), Match.stringLikeRegexp('@sha256:[0-9a-f]{64}$'));
}

/**
 * Asked only if CloudFormation made the stack, which it should have refused. Without it a test that expects an error would pass
 * if there is none.
 */
export function expectRefusal(test: IntegTest, stack: Stack): void {
  const parameters: DescribeStacksCommandInput = { StackName: stack.stackName };
  test.assertions.awsApiCall('CloudFormation', 'describeStacks', parameters)
    .expect(ExpectedResult.objectLike({ Stacks: [{ StackStatus: 'ROLLBACK_COMPLETE' }] }));
}

function expectOutput(test: IntegTest, stack: Stack, name: string, value: string, expected: string | Match): void {
  new CfnOutput(stack, name, { value });
  const parameters: DescribeStacksCommandInput = { StackName: stack.stackName };
  test.assertions.awsApiCall('CloudFormation', 'describeStacks', parameters).expect(ExpectedResult.objectLike({
    Stacks: [{ Outputs: Match.arrayWith([Match.objectLike({ OutputKey: name, OutputValue: expected })]) }],
  }));
}

/** The library gives no handle to the checks: users have no use for one. */
function checksOf(stack: Stack): CustomResource[] {
  return stack.node.children.filter((child): child is CustomResource => child instanceof CustomResource);
}
