import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
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
 * The resource behind a role of the app, including a LazyRole, which is created here, a role that cannot be changed, and one that
 * was imported from another stack.
 */
export function roleResourceOf(role: iam.IRole): iam.CfnRole | undefined {
  const name = Tokenization.reverseString(role.roleName).firstToken;
  if (name === undefined || !Reference.isReference(name) || !CfnResource.isCfnResource(name.target)) {
    return undefined;
  }
  return name.target.cfnResourceType === iam.CfnRole.CFN_RESOURCE_TYPE_NAME ? name.target as iam.CfnRole : undefined;
}
