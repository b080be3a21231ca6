import { CfnResource, Reference, Stack, Stage, Token, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { isIntrinsic, isNeededContext, isObject } from './template-json';

/**
 * The stack that is deployed, of which nested stacks are a part.
 */
export function outermostStackOf(scope: IConstruct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? outermostStackOf(stack.nestedStackParent) : stack;
}

/**
 * What is synthesized at once: a stage, or the app.
 */
export function stageOf(scope: IConstruct): IConstruct {
  return Stage.of(scope) ?? scope.node.root;
}

interface Overrides {
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: unknown;
  readonly DependsOn?: unknown;
}

/**
 * Whether the construct is a resource of the app, not an imported one.
 */
export function isOwned({ node: { defaultChild } }: IConstruct): boolean {
  return defaultChild !== undefined && CfnResource.isCfnResource(defaultChild);
}

/**
 * The overrides of a resource, which aws-cdk-lib closes. Without them, none can be seen before the template is made.
 */
export function overridesOf(resource: CfnResource): Overrides {
  return (resource as unknown as { readonly rawOverrides: object }).rawOverrides;
}

/**
 * Overrides a property, also in a list or a token that is an override itself: aws-cdk-lib would replace the one, and lose it in the other.
 * Where such an override has no place for the value, it stays as it is.
 */
export function overrideProperty(resource: CfnResource, keys: readonly string[], value: unknown): void {
  let override: any = overridesOf(resource).Properties;
  for (const [index, key] of keys.entries()) {
    override = override?.[key];
    if (Array.isArray(override) || Token.isUnresolved(override) || isIntrinsic(override)) {
      const changed = withValue(Stack.of(resource), override, keys.slice(index + 1), value);
      if (changed !== undefined) {
        resource.addPropertyOverride(pathOf(keys.slice(0, index + 1)), changed);
      }
      return;
    }
  }
  resource.addPropertyOverride(pathOf(keys), value);
}

function pathOf(keys: readonly string[]): string {
  return keys.map((key) => key.replace(/\./g, '\\.')).join('.');
}

/** A copy with the value; undefined if there is no place for it: a function of CloudFormation has none, and a list only for what it has. */
function withValue(stack: Stack, token: unknown, [key, ...others]: readonly string[], value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  const outer: any = Token.isUnresolved(token) ? stack.resolve(token) : token;
  if (isIntrinsic(outer) || (Array.isArray(outer) && !(key in outer))) {
    return undefined;
  }
  const inner = withValue(stack, outer?.[key], others, value);
  return inner === undefined ? undefined : Object.assign(Array.isArray(outer) ? [...outer] : { ...outer }, { [key]: inner });
}

/**
 * Whether an override deletes what is at a path in the properties, or something around it.
 */
export function isDeleted(resource: CfnResource, path: string): boolean {
  let override: unknown = overridesOf(resource).Properties;
  for (const key of path.split('.')) {
    if (!isObject(override) || !(key in override)) {
      return false;
    }
    override = override[key];
    if (override === undefined) {
      return true;
    }
  }
  return false;
}

/**
 * Whether the command line still has to look up values for the app, which runs again afterwards. An error would prevent that, and what
 * the app makes of the dummies is thrown away.
 */
export function awaitsContext(scope: IConstruct): boolean {
  // There is no public property.
  return scope.node.root.node.findAll().some((construct) => (
    Stack.isStack(construct)
    && (construct as unknown as { _missingContext: Array<{ provider: string }> })._missingContext.some(isNeededContext)
  ));
}

/**
 * The properties of a resource as the template has them, with overrides.
 */
export function propertiesInTemplate(resource: CfnResource): any {
  return inTemplate(resource).Properties ?? {};
}

/**
 * The logical ids of what a resource waits for in the template, with overrides.
 */
export function dependenciesInTemplate(resource: CfnResource): unknown[] {
  return [inTemplate(resource).DependsOn ?? []].flat();
}

function inTemplate(resource: CfnResource): { readonly Properties?: unknown; readonly DependsOn?: unknown } {
  const { Resources } = Stack.of(resource).resolve((resource as unknown as { _toCloudFormation(): object })._toCloudFormation());
  return Object.values<object>(Resources)[0];
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
