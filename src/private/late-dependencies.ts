import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { Dependable, IConstruct, IDependable } from 'constructs';
import { overriddenDependencies, ResourceGraph, resourcesIn } from './resource-graph';
import { stageOf } from './scopes';

/**
 * What this library makes a resource wait for.
 */
interface Wait {
  readonly resource: CfnResource;
  readonly targets: () => IConstruct[];
  /** The place among the waits of the app, if what waits for the resource is left out. */
  readonly rank?: number;
}

/** The waits of each app. */
const WAITS = new WeakMap<IConstruct, Wait[]>();

/** The waits that aws-cdk-lib has asked for in the synthesis of each stage so far, each once. */
const ASKED = new WeakMap<IConstruct, Set<Wait>>();

/** While a wait is decided on, none of them is among the dependencies that constructs say they have. */
let isDeciding = false;

/**
 * Stands for a synthesis of the stage of a construct, in which nothing changes any more once the dependencies were asked for; undefined
 * before the first. Whatever is expensive can be kept for it.
 */
export function synthesisOf(construct: IConstruct): object | undefined {
  return ASKED.get(stageOf(construct));
}

/**
 * Makes a resource wait for something.
 */
export function waitFor(resource: CfnResource, dependency: IDependable): void {
  addWait({ resource, targets: () => Dependable.of(dependency).dependencyRoots });
}

/**
 * Makes a resource wait for what `targets` returns. Nobody asks before all Aspects are through. What itself waits for the resource is
 * left out: synth does not see such a cycle, and CloudFormation refuses it.
 */
export function waitUnlessCyclic(resource: CfnResource, targets: () => IConstruct[]): void {
  addWait({ resource, targets, rank: waitsOf(resource).length });
}

/**
 * What this library makes a construct wait for, if nothing of it is left out.
 */
export function ownDependencies(construct: IConstruct): CfnResource[] {
  return waitsOf(construct).filter(({ resource }) => resource === construct).flatMap(({ targets }) => targets().flatMap(resourcesIn));
}

/**
 * What a construct and those around it were made to wait for, by anybody but this library.
 */
export function declaredDependencies(construct: IConstruct): IConstruct[] {
  const own = ownDependencies(construct);
  const direct: IConstruct[] = CfnResource.isCfnResource(construct) ? [...construct.obtainDependencies(), ...overriddenDependencies(construct)] : [];
  const { scopes } = construct.node;
  const scopesInStack = scopes.slice(scopes.indexOf(Stack.of(construct)) + 1);
  return [...direct.filter((target) => !own.some((one) => one === target)), ...scopesInStack.flatMap(({ node }) => node.dependencies)];
}

function addWait(wait: Wait): void {
  const { resource } = wait;
  const waits = waitsOf(resource);
  waits.push(wait);
  const dependency: IDependable = {};
  Dependable.implement(dependency, {
    get dependencyRoots() {
      if (isDeciding) {
        return [];
      }
      isDeciding = true;
      noteAsked(wait);
      try {
        return new Decision(waits).targetsOf(wait);
      } finally {
        isDeciding = false;
      }
    },
  });
  resource.node.addDependency(dependency);
}

/**
 * A wait that is asked for again belongs to the next synthesis, before which everything can have changed.
 */
function noteAsked(wait: Wait): void {
  const stage = stageOf(wait.resource);
  const asked = ASKED.get(stage);
  if (asked && !asked.has(wait)) {
    asked.add(wait);
  } else {
    ASKED.set(stage, new Set([wait]));
  }
}

function waitsOf({ node: { root } }: IConstruct): Wait[] {
  const waits = WAITS.get(root) ?? [];
  WAITS.set(root, waits);
  return waits;
}

/**
 * Decides on the waits of an app one after the other, so that no two of them close a cycle.
 */
class Decision {
  private readonly graph = new ResourceGraph();
  private readonly decided = new Map<Wait, CfnResource[]>();

  constructor(private readonly waits: readonly Wait[]) {}

  public targetsOf(wait: Wait): CfnResource[] {
    const targets = this.decided.get(wait) ?? this.decide(wait);
    this.decided.set(wait, targets);
    return targets;
  }

  private decide({ resource, targets, rank }: Wait): CfnResource[] {
    const possible = [...new Set(targets().flatMap(resourcesIn))].filter((target) => Stage.of(target) === Stage.of(resource));
    if (rank === undefined) {
      return possible;
    }
    const added = (from: CfnResource) => this.waits
      .filter((wait) => wait.resource === from && (wait.rank ?? -1) < rank)
      .flatMap((wait) => this.targetsOf(wait));
    return possible.filter((target) => !this.graph.closesCycle(resource, target, added));
  }
}
