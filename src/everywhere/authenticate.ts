import { CfnResource, IAspect, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IConstruct } from 'constructs';
import { childrenOf, constructsIn, coverageOf, isExempt } from './covered';
import { makeExecutionRoles } from './execution-roles';
import { certainImage, decidesOnCredentials, earlyProperties, earlyValue, isConsumer, placesIn } from './places';
import { resourcePuller } from './resource-puller';
import { Puller } from '../access/puller';
import { RegistryCredentials } from '../credentials/registry-credentials';
import { containerPuller } from '../image/container-puller';
import { overridden } from '../image/final-resource';
import { hasJobImage, jobContainersIn } from '../image/job-images';
import { prepareJob } from '../image/job-puller';
import { preparePull, RegistryPull } from '../image/prepare-pull';
import { writePull } from '../image/written-pulls';
import { invalid, warn } from '../private/errors';
import { isLate } from '../private/late-tokens';
import { overridesOf } from '../private/scopes';
import { isIntrinsic, isObject } from '../private/template-json';
import { hostOf } from '../provider/image-host';

const STABILIZATION = '@aws-cdk/core:aspectStabilization';

/** What was there when everything was authenticated. */
const SEEN = new WeakSet<IConstruct>();

/** What each resource has by this library. */
const AUTHENTICATED = new WeakMap<CfnResource, Authenticated[]>();

/** The credentials of each container of a job. */
const BOUND = new WeakMap<IConstruct, RegistryCredentials>();

/**
 * A container that was authenticated.
 */
export interface Authenticated {
  readonly path: string;
  readonly reference: string;
  readonly image: string;
  readonly credentialsParameter: string;
  /** The construct of the container, if it has one. */
  readonly container?: ecs.ContainerDefinition;
}

/** A container that has to be authenticated. */
interface Found extends Pick<Authenticated, 'path' | 'reference' | 'container'> {
  readonly pull: RegistryPull;
}

type FoundContainer = Found & Required<Pick<Found, 'container'>>;

/**
 * Authenticates everything in a scope, at once when the last construct is visited: then every other Aspect has been everywhere, and
 * whatever is created costs one more round through the app, not one for each container.
 */
export class Authentication implements IAspect {
  private isDone = false;
  private readonly visited = new WeakSet<IConstruct>();

  constructor(private readonly scope: IConstruct) {}

  public visit(construct: IConstruct): void {
    this.visited.add(construct);
    if (construct === this.scope) {
      this.begin();
    }
    if (this.isLast(construct) || (this.isDone && isUnseen(construct))) {
      this.authenticateAll();
    }
  }

  /**
   * Roles are made before other Aspects have been to those that may pass them: aws-cdk-lib then closes their statements.
   */
  private begin(): void {
    if (isStabilized(this.scope)) {
      makeExecutionRoles(this.unauthenticated().map(({ container }) => container.taskDefinition));
      return;
    }
    warn(this.scope, 'aspectsNotStabilised',
      `the feature flag ${STABILIZATION} is false, so that aws-cdk-lib visits nothing that Aspects add: what other Aspects add or change after PrivateRegistries is an error; `
      + 'remove the flag, or set it to true');
    this.authenticateAll();
  }

  /**
   * What has credentials is left alone, also if it has them by an earlier visit.
   */
  private authenticateAll(): void {
    this.isDone = true;
    const containers = this.unauthenticated();
    makeExecutionRoles(containers.map(({ container }) => container.taskDefinition));
    containers.forEach(authenticateContainer);
    for (const construct of constructsIn(this.scope)) {
      SEEN.add(construct);
      if (!isConsumer(construct)) {
        authenticateJob(construct);
      } else if (!isOfConstruct(construct)) {
        authenticateResource(construct);
      }
    }
  }

  private unauthenticated(): FoundContainer[] {
    return constructsIn(this.scope).flatMap((construct) => construct instanceof ecs.ContainerDefinition ? pullOf(construct) : []);
  }

  /**
   * Whether a walk through the scope ends with the construct.
   */
  private isLast(construct: IConstruct): boolean {
    let current = construct;
    if (childrenOf(current).length > 0) {
      return false;
    }
    while (current !== this.scope) {
      const parent = current.node.scope!;
      const siblings = childrenOf(parent);
      if (siblings[siblings.length - 1] !== current && !this.isRemoved(current, siblings)) {
        return false;
      }
      current = parent;
    }
    return true;
  }

  /**
   * Whether another Aspect has removed the construct, after those beside it were visited.
   */
  private isRemoved(construct: IConstruct, siblings: readonly IConstruct[]): boolean {
    const last = siblings[siblings.length - 1];
    return (last === undefined || this.visited.has(last)) && !siblings.includes(construct);
  }
}

export function authenticatedIn(resource: CfnResource): readonly Authenticated[] {
  return AUTHENTICATED.get(resource) ?? [];
}

/**
 * Whether the construct behind the resource is authenticated, container by container.
 */
export function isOfConstruct({ node: { scope } }: CfnResource): boolean {
  return scope !== undefined && (scope instanceof ecs.TaskDefinition || jobContainersIn(scope).length > 0);
}

/**
 * The construct whose scopes decide on a container.
 */
export function decidingConstruct(resource: CfnResource, path: string): IConstruct {
  const { scope } = resource.node;
  if (scope instanceof ecs.TaskDefinition) {
    return (isExempt(resource) ? undefined : containersOf(scope)[Number(path.split('.')[1])]) ?? resource;
  }
  const container = scope && jobContainersIn(scope).find((place) => place.path === path)?.container;
  // A job can have the container of another scope.
  return container && isExempt(container) ? container : resource;
}

/** The members that aws-cdk-lib leaves to subclasses. */
export function containersOf(task: ecs.TaskDefinition): readonly ecs.ContainerDefinition[] {
  return (task as unknown as { readonly containers: readonly ecs.ContainerDefinition[] }).containers;
}

function isUnseen(construct: IConstruct): boolean {
  return !SEEN.has(construct) && (
    construct instanceof ecs.ContainerDefinition || isConsumer(construct) || jobContainersIn(construct).length > 0
  );
}

function isStabilized({ node }: IConstruct): boolean {
  const flag = node.tryGetContext(STABILIZATION);
  return flag === undefined || Boolean(flag);
}

/**
 * How a container pulls its image, if that is of one of the registries and has no credentials.
 */
function pullOf(container: ecs.ContainerDefinition): FoundContainer[] {
  const { taskDefinition } = container;
  const task = taskDefinition?.node?.defaultChild;
  if (!isConsumer(task)) {
    return [];
  }
  const path = `ContainerDefinitions.${containersOf(taskDefinition).indexOf(container)}`;
  const { image, repositoryCredentials } = container.renderContainerDefinition();
  const { credentialsParameter } = (repositoryCredentials ?? {}) as Partial<ecs.CfnTaskDefinition.RepositoryCredentialsProperty>;
  const given = { Image: image, RepositoryCredentials: { CredentialsParameter: credentialsParameter } };
  const found = pullAt(task, path, overridden(given, overrideAt(task, path)));
  return found ? [{ ...found, path, container }] : [];
}

function pullAt(resource: CfnResource, path: string, container: any): Pick<Found, 'reference' | 'pull'> | undefined {
  if (!isObject(container) || decidesOnCredentials(resource, path, container)) {
    return undefined;
  }
  const image = certainImage(resource, container.Image);
  const scope = decidingConstruct(resource, path);
  const coverage = image && coverageOf(scope, image.host);
  if (coverage === undefined) {
    return undefined;
  }
  const reference = Token.asString(container.Image);
  validateReference(reference, scope);
  return { reference, pull: coverage.pull };
}

/**
 * The error of the reference alone does not say which of many containers has it.
 */
function validateReference(reference: string, scope: IConstruct): void {
  try {
    hostOf(reference);
  } catch (error) {
    throw invalid('invalidImageReference', (error as Error).message.replace(/ \[[^[]*\]$/, ''), scope);
  }
}

function authenticateContainer(found: FoundContainer): void {
  const { container } = found;
  const puller = containerPuller(container)!;
  const { resource } = puller;
  const roleArn = (resource as ecs.CfnTaskDefinition).executionRoleArn;
  authenticate({
    ...puller,
    // The role of the construct is a value that aws-cdk-lib computes late.
    keepsRole: () => isLate(resource, roleArn) && puller.keepsRole(),
    // Here the container has its labels, and another Aspect would be late.
    label: (key, value) => container.addDockerLabel(key, value),
  }, found);
}

/**
 * The containers of a job, but for those whose image has credentials.
 */
function authenticateJob(construct: IConstruct): void {
  for (const { container, path } of jobContainersIn(construct)) {
    const job = construct.node.defaultChild as CfnResource;
    const given = { Image: container._renderContainerDefinition().image };
    const found = hasJobImage(container) ? undefined : pullAt(job, path, overridden(given, overrideAt(job, path)));
    if (found) {
      const { reference, pull } = found;
      const { executionRole: role } = container;
      const prepared = prepareJob(
        { job, path, scope: construct as Construct, role, ownsRole: role.node.scope === container },
        { ...pull, reference, credentials: boundIn(container, pull) },
      );
      AUTHENTICATED.set(job, [...authenticatedIn(job), { path, reference, ...prepared }]);
    }
  }
}

/**
 * Two containers of a job have the job for their scope, and two jobs can have the same container.
 */
function boundIn(container: Construct, { credentials, provider }: RegistryPull): RegistryCredentials {
  const bound = BOUND.get(container) ?? RegistryCredentials._bound(credentials._bind(container, provider));
  BOUND.set(container, bound);
  return bound;
}

/** What an override has at a path; null if it replaces what is around, and has nothing there. */
function overrideAt(resource: CfnResource, path: string): unknown {
  let override: any = overridesOf(resource).Properties;
  for (const key of path.split('.')) {
    if (Token.isUnresolved(override) || isIntrinsic(override) || (Array.isArray(override) && !(key in override))) {
      return null;
    }
    const value = override?.[key];
    override = Token.isUnresolved(value) ? earlyValue(resource, value) : value;
  }
  return override ?? {};
}

function authenticateResource(resource: CfnResource): void {
  for (const place of placesIn(resource.cfnResourceType, earlyProperties(resource))) {
    const found = place.isConditional ? undefined : pullAt(resource, place.path, place.container);
    if (found) {
      authenticate(resourcePuller(resource, place), { ...found, path: place.path });
    }
  }
}

function authenticate(puller: Puller, { path, reference, pull, container }: Found): void {
  const { resource } = puller;
  const { image, credentialsParameter } = preparePull(puller, { ...pull, reference });
  writePull(resource, path, { credentialsParameter, image: image === reference ? undefined : image });
  AUTHENTICATED.set(resource, [...authenticatedIn(resource), { path, reference, image, credentialsParameter, container }]);
}
