import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

/**
 * The stack that is deployed, of which nested stacks are a part.
 */
export function outermostStackOf(scope: IConstruct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? outermostStackOf(stack.nestedStackParent) : stack;
}

/**
 * The resource behind a role of the app, also behind one that is made when it is needed or that may not be changed.
 */
export function roleResourceOf(role: iam.IRole): iam.CfnRole | undefined {
  return [role.node.defaultChild, ...role.node.findAll()].find((node): node is iam.CfnRole => (
    node !== undefined && CfnResource.isCfnResource(node) && node.cfnResourceType === iam.CfnRole.CFN_RESOURCE_TYPE_NAME
  ));
}
