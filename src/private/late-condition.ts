import { CfnCondition, CfnResource, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { hashOf } from './identity';
import { overridesOf } from './scopes';

const USERS = new WeakMap<CfnResource, Array<() => CfnResource[]>>();

/**
 * Creates a resource only where one of those that use it is created, unless somebody else gives it a condition. What it refers to can
 * have their condition, and CloudFormation refuses a reference to what it does not create.
 */
export function createFor(resource: CfnResource, users: () => CfnResource[]): void {
  const known = USERS.get(resource);
  if (known) {
    known.push(users);
    return;
  }
  const all = [users];
  USERS.set(resource, all);
  resource.addOverride('Condition', Lazy.uncachedString({
    produce: () => resource.cfnOptions.condition?.logicalId ?? anyConditionOf(Stack.of(resource), all.flatMap((some) => some())),
  }));
}

/**
 * Whether what a resource waits for is created whenever the resource is. According to AWS, what waits for something that is not created
 * is not created either.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-condition.html
 */
export function isCreatedWith(resource: CfnResource, target: CfnResource): boolean {
  const condition = conditionOf(target);
  return condition === undefined || condition === conditionOf(resource);
}

/**
 * The name of the condition under which one of the resources is created; undefined if one of them always is.
 */
function anyConditionOf(stack: Stack, resources: CfnResource[]): string | undefined {
  const conditions = resources.map(conditionOf);
  if (conditions.includes(undefined)) {
    return undefined;
  }
  const names = [...new Set(conditions)].sort();
  if (names.length < 2) {
    return names[0];
  }
  const id = `PrivateRegistryCondition${hashOf(names)}`;
  // Each resource is rendered for its references before the template is, so that the condition is in time.
  const condition = stack.node.tryFindChild(id) as CfnCondition | undefined ?? new CfnCondition(stack, id, {
    expression: Fn.conditionOr(...names.map((name) => Token.asAny({ Condition: name }))),
  });
  return condition.logicalId;
}

/**
 * The name of the condition that a resource has in the template.
 */
export function conditionOf(resource: CfnResource): string | undefined {
  const overrides = overridesOf(resource);
  return Stack.of(resource).resolve('Condition' in overrides ? overrides.Condition : resource.cfnOptions.condition?.logicalId);
}

/**
 * A value that refers to the resource, or to what is created with it, and another text where the resource is not created: CloudFormation
 * refuses the reference there. To be asked when the template is made.
 */
export function ifCreated(resource: CfnResource, value: string, otherwise: string): string {
  const condition = conditionOf(resource);
  return condition === undefined ? value : Fn.conditionIf(condition, value, otherwise).toString();
}
