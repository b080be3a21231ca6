import { CfnResource, CfnStack, DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, Reference, Stack, StringConcat, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { outermostStackOf, overridesOf } from './scopes';

/**
 * The resources that a construct consists of. To wait for a construct is to wait for each of them.
 */
export function resourcesIn(construct: IConstruct): CfnResource[] {
  return construct.node.findAll().filter(CfnResource.isCfnResource);
}

/**
 * What the resources of an app wait for, in the eyes of CloudFormation: by DependsOn and by references. From outside, a stack is one
 * resource, which waits for everything that anything in it waits for.
 */
export class ResourceGraph {
  private readonly known = new Map<CfnResource, CfnResource[]>();

  /**
   * Whether `target` already waits for `source`, so that `source` cannot wait for it.
   *
   * @param added what resources wait for besides what the app says
   */
  public closesCycle(source: CfnResource, target: CfnResource, added: (resource: CfnResource) => CfnResource[]): boolean {
    const home = outermostStackOf(source);
    const entered = new Set<Stack>();
    const reached = new Set(enter(source, target, entered));
    for (const resource of reached) {
      const isAtHome = outermostStackOf(resource) === home;
      for (const next of [...this.targetsOf(resource), ...added(resource)]) {
        // No way leads back from another stack: CDK refuses stacks that wait for each other.
        if (!isAtHome || outermostStackOf(next) === home) {
          enter(resource, next, entered).forEach((one) => reached.add(one));
        }
      }
    }
    return reached.has(source);
  }

  private targetsOf(resource: CfnResource): CfnResource[] {
    const known = this.known.get(resource) ?? [
      ...resource.obtainDependencies(),
      ...overriddenDependencies(resource),
      ...resource.node.scopes.flatMap(({ node }) => node.dependencies),
      ...referencesOf(resource),
      ...contentOf(resource),
    ].flatMap(resourcesIn);
    this.known.set(resource, known);
    return known;
  }
}

/**
 * What one reaches on the way to a resource: a stack as a whole, unless the way begins inside of it.
 */
function enter(from: CfnResource, to: CfnResource, entered: Set<Stack>): CfnResource[] {
  const around = stacksOf(from);
  const stack = stacksOf(to).find((one) => !around.includes(one));
  if (stack === undefined) {
    return [to];
  }
  if (entered.has(stack)) {
    return [];
  }
  entered.add(stack);
  return [...stack.nestedStackResource ? [stack.nestedStackResource as CfnResource] : [], ...[stack, ...stack.dependencies].flatMap(resourcesIn)];
}

/** From the outermost to the innermost. */
function stacksOf(construct: IConstruct): Stack[] {
  const stack = Stack.of(construct);
  return stack.nestedStackParent ? [...stacksOf(stack.nestedStackParent), stack] : [stack];
}

function contentOf(resource: CfnResource): IConstruct[] {
  if (resource.cfnResourceType !== CfnStack.CFN_RESOURCE_TYPE_NAME) {
    return [];
  }
  return Stack.of(resource).node.findAll().filter((one) => Stack.isStack(one) && one.nestedStackResource === resource);
}

/**
 * What an override of DependsOn names, by logical ids.
 */
export function overriddenDependencies(resource: CfnResource): CfnResource[] {
  const { DependsOn: override } = overridesOf(resource);
  if (override === undefined) {
    return [];
  }
  const stack = Stack.of(resource);
  const ids = new Set<unknown>([stack.resolve(override)].flat().flatMap((one) => typeof one === 'object' ? Object.values(one ?? {}) : one));
  return resourcesIn(stack).filter((one) => Stack.of(one) === stack && ids.has(stack.resolve(one.logicalId)));
}

export function hasPropertyOverrides(resource: CfnResource): boolean {
  return 'Properties' in overridesOf(resource);
}

/**
 * The resources that the properties of a resource refer to.
 */
export function referencesOf(resource: CfnResource): CfnResource[] {
  // What is public renders DependsOn as well, with ids that can depend on the answer.
  const { cfnProperties } = resource as unknown as { readonly cfnProperties: object };
  const containers = resource.node.scope?.node.children.filter((child) => child instanceof ecs.ContainerDefinition) ?? [];
  const isTask = resource.cfnResourceType === ecs.CfnTaskDefinition.CFN_RESOURCE_TYPE_NAME;
  const finder = new ReferenceFinder(isTask ? (resource as ecs.CfnTaskDefinition).containerDefinitions : undefined);
  const value = [cfnProperties, overridesOf(resource), ...isTask ? containers.map((container) => container.renderContainerDefinition()) : []];
  Tokenization.resolve(value, { scope: resource, resolver: finder, preparing: true });
  return finder.targets;
}

/**
 * Finds references without following them. The containers of a task definition are not read through its own list: aws-cdk-lib adds
 * the router of FireLens to it, when the list is first read.
 */
class ReferenceFinder extends DefaultTokenResolver {
  public readonly targets: CfnResource[] = [];

  constructor(private readonly ignored: unknown) {
    super(new StringConcat());
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (token === this.ignored) {
      return undefined;
    }
    if (Reference.isReference(token)) {
      // The target of a pseudo parameter is a whole stack.
      if (CfnResource.isCfnResource(token.target)) {
        this.targets.push(token.target);
      }
      return '';
    }
    return super.resolveToken(token, context, postProcessor);
  }
}
