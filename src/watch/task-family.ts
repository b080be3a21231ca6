import { CfnResource, Fn, IResolveContext, Lazy, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { invalid } from '../private/errors';
import { overridesOf } from '../private/scopes';
import { isUnknown } from '../private/tokens';

/**
 * The beginning of the ARNs of all revisions of a task definition, with the family as it ends up in the template.
 */
export function revisionsOf(taskDefinition: ecs.ITaskDefinition): string {
  const { taskDefinitionArn: arn } = taskDefinition;
  const resource = resourceBehind(arn);
  if (resource === undefined) {
    return importedRevisions(taskDefinition, arn);
  }
  return Lazy.uncachedString({
    produce: (context) => {
      const family = familyOf(resource, context);
      return family === undefined ? splitAtDeployment(arn) : revisions(resource, family);
    },
  });
}

/**
 * The resource whose ARN this is, also if the task definition was imported by it.
 */
function resourceBehind(arn: string): ecs.CfnTaskDefinition | undefined {
  const { firstToken, length } = Tokenization.reverseString(arn);
  if (length !== 1 || firstToken === undefined || !Reference.isReference(firstToken) || !CfnResource.isCfnResource(firstToken.target)) {
    return undefined;
  }
  const { target } = firstToken;
  return target.cfnResourceType === ecs.CfnTaskDefinition.CFN_RESOURCE_TYPE_NAME ? target as ecs.CfnTaskDefinition : undefined;
}

/**
 * The family as a text that any stack can use: what somebody wrote as a function of CloudFormation belongs to the stack of the task.
 */
function familyOf(resource: ecs.CfnTaskDefinition, context: IResolveContext): string | undefined {
  const { Properties = {} } = overridesOf(resource);
  const family = 'Family' in Properties ? Properties.Family : resource.family;
  return typeof family === 'string' && context.resolve(family) !== undefined ? family : undefined;
}

function importedRevisions(taskDefinition: ecs.ITaskDefinition, arn: string): string {
  if (isUnknown(arn) && !Token.isUnresolved(arn)) {
    // CloudFormation resolves a dynamic reference after it has split the text.
    return arn;
  }
  const [family] = /^.*:task-definition\/(?:[\w-]+$|[^:]+(?=:))/.exec(arn) ?? [];
  if (family !== undefined) {
    return `${family}:`;
  }
  if (Token.isUnresolved(arn)) {
    return splitAtDeployment(arn);
  }
  if (arn.startsWith('arn:')) {
    throw invalid('invalidTaskDefinitionArn',
      `${JSON.stringify(arn)} is not the ARN of a task definition, so no task of ECS ever has it; `
      + 'expected arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION', taskDefinition);
  }
  return revisions(taskDefinition, arn.split(':')[0]);
}

function revisions(scope: ecs.CfnTaskDefinition | ecs.ITaskDefinition, family: string): string {
  return Stack.of(scope).formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${family}:` });
}

function splitAtDeployment(arn: string): string {
  const parts = Fn.split(':', arn);
  return [0, 1, 2, 3, 4, 5].map((index) => `${Fn.select(index, parts)}:`).join('');
}
