import { IntegTest, IntegTestProps } from '@aws-cdk/integ-tests-alpha';
import { App, Aspects, CfnResource, RemovalPolicies, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { isSnapshot } from './inputs';

/**
 * A stack of which nothing stays when it is deleted: no log group, and no key for longer than KMS waits.
 */
export function newStack(name: string): Stack {
  const stack = new Stack(new App(), name);
  RemovalPolicies.of(stack).destroy();
  return stack;
}

/**
 * A test that is deployed once, as it is now: the committed snapshot names an image that nobody can pull, so that there is
 * nothing to update from.
 */
export function newTest(stack: Stack, props: Partial<IntegTestProps> = {}): IntegTest {
  const test = new IntegTest(stack.node.root, `${stack.node.id}Test`, { testCases: [stack], stackUpdateWorkflow: false, ...props });
  Aspects.of(test).add({ visit: adjustAssertion });
  return test;
}

function adjustAssertion(node: IConstruct): void {
  if (!CfnResource.isCfnResource(node)) {
    return;
  }
  // That of the oldest supported aws-cdk-lib is one that Lambda phases out.
  if (node.cfnResourceType === 'AWS::Lambda::Function') {
    node.addPropertyOverride('Runtime', 'nodejs24.x');
  }
  // The time, so that each deployment asks again.
  if (node.cfnResourceType.startsWith('Custom::DeployAssert@') && isSnapshot()) {
    node.addPropertyOverride('salt', 'time');
  }
}

/** Ends every case. */
export function synthesize(test: IntegTest): void {
  (test.node.root as App).synth();
}

/**
 * A network whose tasks reach the registry through a public IP, so that nobody pays for a NAT gateway.
 */
export function publicVpc(stack: Stack): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    // It would take a custom resource.
    restrictDefaultSecurityGroup: false,
  });
}

/**
 * A network with a way to the internet for functions, which never get a public IP.
 */
export function privateVpc(stack: Stack): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
}
