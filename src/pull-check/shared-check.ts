import { CfnResource, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IConstruct } from 'constructs';
import { PULL_CHECK_TYPE, PullCheckProperties } from './contract';
import { IPullCheckFunction, PullCheckFunction } from './pull-check-function';
import { PullCheckMode } from './pull-check-options';
import { denialIsCertain } from '../access/certain-denial';
import { PullStatement } from '../access/pull-statements';
import { Puller } from '../access/puller';
import { hashOf } from '../private/identity';
import { createFor, isCreatedWith } from '../private/late-condition';
import { declaredDependencies, waitUnlessCyclic } from '../private/late-dependencies';
import { isLate } from '../private/late-tokens';
import { resourcesIn } from '../private/resource-graph';
import { outermostStackOf } from '../private/scopes';

/**
 * CloudFormation waits an hour for a function that was killed, unless it is told less. The function runs for 200 seconds at most, but a new
 * account runs ten at a time, and the checks of a large stack wait for each other.
 */
export const SERVICE_TIMEOUT = Duration.minutes(15);

/** Every property, so that one renamed on the handler's side does not compile here. */
type WrittenProperties = { readonly [name in keyof Required<PullCheckProperties>]: string | string[] | number | undefined };
/** What can change until the template is made. */
type LateValues = Pick<PullCheckProperties, 'Mode' | 'Platform' | 'Engine' | 'DenialIsCertain'>;
/** What is known when a container is defined. The mode is that of the options. */
export type EarlyProperties = Omit<WrittenProperties, keyof LateValues> & { readonly Mode: PullCheckMode };

/** What is known when the template is made. */
export type PulledProperties = Omit<WrittenProperties, keyof LateValues> & LateValues;

export interface SharedCheckProps {
  readonly checkFunction: IPullCheckFunction;
  readonly properties: EarlyProperties;
  readonly secret: secretsmanager.ISecret;
  /** What lets a role read the secret. */
  readonly statements: PullStatement[];
}

/** What the uses of a stack are told to, and the uses so far. */
const USES = new WeakMap<Stack, { readonly uses: CheckUse[]; readonly listeners: Array<(use: CheckUse) => void> }>();

/**
 * A puller whose image is checked.
 */
export interface CheckUse {
  readonly check: PullCheck;
  readonly puller: Puller;
}

/**
 * Tells about all uses of checks in a stack, also about those to come.
 */
export function onUse(stack: Stack, listener: (use: CheckUse) => void): void {
  const { uses, listeners } = usesOf(stack);
  listeners.push(listener);
  uses.forEach(listener);
}

function usesOf(stack: Stack) {
  const known = USES.get(stack) ?? { uses: [], listeners: [] };
  USES.set(stack, known);
  return known;
}

/**
 * What a puller has in the template, unless somebody replaces it.
 */
interface Use {
  readonly puller: Puller;
  readonly image: string;
  readonly credentialsParameter: string;
}

/**
 * The check of an image, for all pullers of a stack that were defined to pull it in the same way.
 *
 * What can change afterwards is read when the template is made, and is part of the logical id, as everything else is part of the
 * construct id: a change of anything that is checked creates a new resource, so that a rollback only ever deletes, which cannot fail.
 */
export class PullCheck extends CustomResource {
  public readonly checkFunction: IPullCheckFunction;
  /** What is checked, as far as it is known when a container is defined. */
  public readonly properties: EarlyProperties;
  private readonly late: LateProperties;
  private readonly registries = new Set<IConstruct>();

  constructor(scope: Construct, id: string, { checkFunction, properties, secret, statements }: SharedCheckProps) {
    const late = new LateProperties(properties.Mode, (roles) => (
      readsOnlyByRole(checkFunction) && denialIsCertain(secret, [...roles, checkFunction.role], statements)
    ));
    super(scope, id, {
      serviceToken: checkFunction.functionArn,
      resourceType: PULL_CHECK_TYPE,
      properties: {
        ...properties,
        Mode: Lazy.uncachedString({ produce: () => late.read().Mode }),
        Platform: Lazy.uncachedAny({ produce: () => late.read().Platform }),
        Engine: Lazy.uncachedString({ produce: () => late.read().Engine }),
        DenialIsCertain: Lazy.uncachedString({ produce: () => late.read().DenialIsCertain }),
      },
    });
    this.late = late;
    this.checkFunction = checkFunction;
    this.properties = properties;
    const resource = this.node.defaultChild as CfnResource;
    // Newer versions of aws-cdk-lib warn about the property of CustomResource.
    resource.addPropertyOverride('ServiceTimeout', SERVICE_TIMEOUT.toSeconds());
    const stack = Stack.of(this);
    const computed = isLate(this, [properties, statements]) ? [properties, statements] : [];
    resource.overrideLogicalId(Lazy.uncachedString({
      produce: () => `${stack.getLogicalId(resource)}${late.hash((values) => stack.resolve(computed.length > 0 ? [values, computed] : values))}`,
    }));
    // A task that does not pull the image any more waits for the check, and newer versions of aws-cdk-lib refuse that if only one of them is created.
    createFor(resource, () => late.uses.map(({ puller }) => puller.resource));
    waitUnlessCyclic(resource, () => this.dependencies(secret));
  }

  /**
   * Checks for one more puller.
   *
   * @param registry the construct that the image is from
   */
  public addUse(use: Use, registry?: IConstruct): void {
    this.late.uses.push(use);
    if (registry) {
      this.registries.add(registry);
    }
    const { uses, listeners } = usesOf(Stack.of(this));
    const announced = { check: this, puller: use.puller };
    uses.push(announced);
    listeners.forEach((listener) => listener(announced));
  }

  /**
   * What the tasks pull in the template, and how; undefined if none of them does any more. To be asked when the template is made.
   */
  public pulled(): PulledProperties | undefined {
    const [use] = this.late.pulling();
    return use && { ...this.properties, ...this.late.read(), Image: use.image };
  }

  /**
   * What makes the secret what the tasks find: all that they wait for, or the registry, or the secret.
   */
  private dependencies(secret: secretsmanager.ISecret): IConstruct[] {
    // A secret of another stack is there before, since the check refers to it.
    const isHere = outermostStackOf(secret) === outermostStackOf(this);
    const ofTasks = this.late.uses.map(({ puller }) => new Set(puller.dependencies().flatMap(resourcesIn)));
    const others = [...[...this.registries, secret].flatMap(declaredDependencies), ...isHere ? [secret] : []].flatMap(resourcesIn);
    const all = new Set([...ofTasks.flatMap((targets) => [...targets]), ...others]);
    // The tasks that do not wait for it would not be created without it.
    const resource = this.node.defaultChild as CfnResource;
    return [...all].filter((target) => isCreatedWith(resource, target) || ofTasks.every((targets) => targets.has(target)));
  }
}

/**
 * What can change until the template is made.
 */
class LateProperties {
  public readonly uses: Use[] = [];
  private isReading = false;

  constructor(private readonly mode: PullCheckMode, private readonly isDenialCertain: (roles: iam.IRole[]) => boolean) {}

  public read(): LateValues {
    this.isReading = true;
    try {
      return this.valuesFor(this.pulling());
    } finally {
      this.isReading = false;
    }
  }

  public pulling(): Use[] {
    return this.uses.filter(({ puller, image, credentialsParameter }) => puller.pulls(image, credentialsParameter));
  }

  /**
   * A container that is read to find out whether it pulls the image can refer to the check: then it does.
   *
   * @param resolve adds what the app computes when the template is made
   */
  public hash(resolve: (values: LateValues) => unknown): string {
    return hashOf(resolve(this.isReading ? this.valuesFor(this.uses) : this.read()));
  }

  private valuesFor(uses: readonly Use[]): LateValues {
    const { isDenialCertain } = this;
    const pullers = uses.map(({ puller }) => puller);
    const [engine, ...otherEngines] = new Set(pullers.map((puller) => puller.engine()));
    const [platform, ...otherPlatforms] = [...new Set(pullers.flatMap((puller) => puller.platform() ?? []))].sort();
    return {
      // What no task pulls stops nothing.
      Mode: pullers.length > 0 ? this.mode : PullCheckMode.WARN,
      Platform: otherPlatforms.length > 0 ? [platform, ...otherPlatforms] : platform,
      Engine: otherEngines.length > 0 ? undefined : engine,
      // Read by few, and the answer takes a look at all policies.
      get DenialIsCertain() {
        return flag(pullers.every((puller) => puller.keepsRole()) && isDenialCertain(pullers.map(({ role }) => role)));
      },
    };
  }
}

/** Not by `instanceof`, as in `attachTo()`. */
function readsOnlyByRole(checkFunction: IPullCheckFunction): checkFunction is PullCheckFunction {
  return '_readsOnlyByRole' in checkFunction && (checkFunction as PullCheckFunction)._readsOnlyByRole();
}

export function flag(value: boolean): 'true' | undefined {
  return value ? 'true' : undefined;
}
