import { AspectPriority, Aspects, IAspect } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct, IConstruct } from 'constructs';
import { prepareJob } from './job-puller';
import { PullRequest } from './prepare-pull';
import { invalid, warn } from '../private/errors';
import { awaitsContext, stageOf } from '../private/scopes';

type Container = batch.EcsFargateContainerDefinition | batch.EcsEc2ContainerDefinition;

/** A container of a job, and where the job has it. */
interface Place {
  readonly container: Container;
  readonly path: string;
}

/** The images of the jobs of each app and stage. */
const JOB_IMAGES = new WeakMap<IConstruct, JobImages>();

/**
 * Whether a construct is the container of a job of AWS Batch that ECS runs.
 */
export function isJobContainer(construct: unknown): construct is Container {
  return construct instanceof batch.EcsFargateContainerDefinition || construct instanceof batch.EcsEc2ContainerDefinition;
}

/**
 * Whether the container has an image that is prepared here.
 */
export function hasJobImage(container: IConstruct): boolean {
  return JOB_IMAGES.get(stageOf(container))?.has(container) === true;
}

/**
 * Prepares the pull of the container when its job is known: aws-cdk-lib binds the image in the constructor of the container.
 */
export function addJobImage(container: Container, request: PullRequest): void {
  const stage = stageOf(container);
  const images = JOB_IMAGES.get(stage) ?? new JobImages(stage);
  JOB_IMAGES.set(stage, images);
  images.add(container, request);
}

/**
 * All jobs are prepared in one visit, that of the stage, before any other construct is visited. Whatever makes a role adds an Aspect,
 * after which aws-cdk-lib begins again, and it gives up after a hundred times.
 */
class JobImages implements IAspect {
  private readonly requests = new Map<IConstruct, PullRequest>();
  private readonly unused = new Set<IConstruct>();
  private readonly prepared = new Set<string>();

  constructor(private readonly stage: IConstruct) {
    // In an Aspect, aws-cdk-lib refuses one that would have come before those that it has invoked.
    const applied = stage.node.findAll().flatMap((construct) => Aspects.of(construct).applied);
    Aspects.of(stage).add(this, { priority: applied.reduce((last, { priority }) => Math.max(last, priority), AspectPriority.DEFAULT) });
    stage.node.addValidation({ validate: () => this.validate() });
  }

  public add(container: Container, request: PullRequest): void {
    this.requests.set(container, request);
    this.unused.add(container);
  }

  public has(container: IConstruct): boolean {
    return this.requests.has(container);
  }

  /**
   * Other Aspects can add jobs, or containers to jobs.
   */
  public visit(node: IConstruct): void {
    if (node === this.stage || this.unused.has(node)) {
      this.stage.node.findAll().forEach((construct) => this.prepare(construct));
    } else {
      this.prepare(node);
    }
  }

  private prepare(construct: IConstruct): void {
    for (const place of this.missingIn(construct)) {
      const { container, path } = place;
      const scope = construct as Construct;
      const job = scope.node.defaultChild as batch.CfnJobDefinition;
      const { executionRole: role } = container;
      prepareJob({ job, path, scope, role, ownsRole: role.node.scope === container }, this.requests.get(container)!);
      this.unused.delete(container);
      this.prepared.add(keyOf(construct, place));
    }
  }

  /**
   * The containers of a job that have an image, and are not prepared.
   */
  private missingIn(construct: IConstruct): Place[] {
    return jobContainersIn(construct).filter((place) => this.requests.has(place.container) && !this.prepared.has(keyOf(construct, place)));
  }

  private validate(): string[] {
    for (const container of this.unused) {
      const { reference } = this.requests.get(container)!;
      warn(container, 'imageWithoutJob',
        `no job definition has the container with the image ${JSON.stringify(reference)}, and only in one it gets the credentials; `
        + 'pass the container to an EcsJobDefinition or a MultiNodeJobDefinition, or remove it');
    }
    const missing = this.stage.node.findAll().flatMap((job) => this.missingIn(job).map((place) => ({ job, ...place })));
    return missing.length === 0 || awaitsContext(this.stage) ? [] : missing.map(({ job, container, path }) => invalid('jobContainerTooLate',
      `an Aspect gave the job the container with the image ${JSON.stringify(this.requests.get(container)!.reference)} at ${path}, `
      + 'too late for its credentials; add the container before synth, or let the Aspect create it, '
      + 'and do not set the feature flag @aws-cdk/core:aspectStabilization to false', job).message);
  }
}

/**
 * The containers of a job that ECS runs.
 */
export function jobContainersIn(construct: IConstruct): Place[] {
  const isSingle = construct instanceof batch.EcsJobDefinition;
  if (!(isSingle || construct instanceof batch.MultiNodeJobDefinition) || !isOfApp(construct)) {
    return [];
  }
  const places = isSingle
    ? [{ container: construct.container, path: 'ContainerProperties' }]
    : construct.containers.map(({ container }, index) => ({ container, path: `NodeProperties.NodeRangeProperties.${index}.Container` }));
  return places.flatMap(({ container, path }) => isJobContainer(container) ? [{ container, path }] : []);
}

/** An imported job has no resource. */
function isOfApp({ node }: IConstruct): boolean {
  return node.defaultChild instanceof batch.CfnJobDefinition;
}

function keyOf(job: IConstruct, { container, path }: Place): string {
  return `${job.node.addr} ${path} ${container.node.addr}`;
}
