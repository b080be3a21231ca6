import { CfnResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FunctionTarget } from './function-target';
import { ifCreated } from '../private/late-condition';
import { isUnknown } from '../private/tokens';
import { WatchGroup } from '../pull-check/contract';
import { IPullCheckFunction } from '../pull-check/pull-check-function';
import { PullCheck, PulledProperties } from '../pull-check/shared-check';

/** EventBridge accepts an input of 8,192 characters. Tokens that have long values have the rest. */
const ROOM = 7_500;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const TARGETS_OF_RULE = 5;
/** As long as the values that tokens usually have: the ARN of a secret. */
const TOKEN = 'x'.repeat(200);
const DIGEST = `@sha256:${'0'.repeat(64)}`;
/** The longest of what is not known before the template is made. */
const LATE = { DenialIsCertain: 'true', Platform: 'linux/amd64', Engine: 'containerd' };
/** Images that are checked alike as far as that is known can end up in so many groups: for two platforms, or two engines. */
const VARIANTS = 2;

/** Every property, so that one renamed on the handler's side does not compile here. */
type WrittenGroup = { readonly [name in keyof Required<WatchGroup>]: PulledProperties[keyof PulledProperties] };
type GroupOfOne = Omit<WrittenGroup, 'Images'> & { readonly Image: string };

/**
 * The rules that call the functions of the checks with what to ask about.
 */
export class Schedules {
  private readonly inputs: Input[] = [];
  private rule?: events.Rule;

  /**
   * @param watchdog the value of the dimension of the metrics
   */
  constructor(private readonly scope: Construct, private readonly watchdog: string, private readonly interval: Duration) {}

  /**
   * How many calls publish metrics in each interval.
   */
  public get calls(): number {
    return this.inputs.length;
  }

  /**
   * Asks about an image from now on; returns false if it needs more room than an input has. The images of a secret stay together as far
   * as they fit, because each call reads it.
   */
  public add(check: PullCheck): boolean {
    const { checkFunction } = check;
    const fitting = this.inputs.filter((input) => input.checkFunction === checkFunction && input.lengthWith(check) <= ROOM);
    const input = fitting.find((one) => one.hasSecretOf(check)) ?? fitting[0] ?? new Input(checkFunction, this.watchdog);
    if (input.lengthWith(check) > ROOM) {
      return false;
    }
    input.add(check);
    if (!this.inputs.includes(input)) {
      this.inputs.push(input);
      this.nextRule().addTarget(new FunctionTarget(checkFunction, Lazy.uncachedString({ produce: () => this.textOf(input) })));
    }
    return true;
  }

  private nextRule(): events.Rule {
    if (this.rule === undefined || this.inputs.length % TARGETS_OF_RULE === 1) {
      const number = Math.ceil(this.inputs.length / TARGETS_OF_RULE);
      this.rule = new events.Rule(this.scope, `Schedule${number === 1 ? '' : number}`, {
        description: 'Checks whether the images of this stack can still be pulled from private registries',
        schedule: events.Schedule.rate(this.interval),
      });
    }
    return this.rule;
  }

  private textOf(input: Input): string {
    const stack = Stack.of(this.scope);
    return stack.toJsonString({ Watch: this.watchdog, Groups: input.groups(stack) });
  }
}

/**
 * What one call asks about.
 */
class Input {
  private readonly checks: PullCheck[] = [];
  private readonly secrets = new Set<string>();
  /** How many images each group has. */
  private readonly variants = new Map<string, number>();
  private length: number;

  constructor(public readonly checkFunction: IPullCheckFunction, watchdog: string) {
    this.length = lengthOf(JSON.stringify({ Watch: watchdog, Groups: [] }));
  }

  public hasSecretOf({ properties }: PullCheck): boolean {
    return this.secrets.has(properties.Secret as string);
  }

  public lengthWith(check: PullCheck): number {
    const { image, group } = partsOf(check);
    return this.length + lengthOf(image) + ((this.variants.get(group) ?? 0) < VARIANTS ? lengthOf(group) : 0);
  }

  public add(check: PullCheck): void {
    const { group } = partsOf(check);
    this.length = this.lengthWith(check);
    this.variants.set(group, (this.variants.get(group) ?? 0) + 1);
    this.secrets.add(check.properties.Secret as string);
    this.checks.push(check);
  }

  /**
   * To be asked when the template is made.
   */
  public groups(stack: Stack): WrittenGroup[] {
    const groups = new Map<string, WrittenGroup & { readonly Images: string[] }>();
    for (const check of this.checks) {
      const properties = check.pulled();
      if (properties !== undefined) {
        const { Image, ...others } = groupOf(properties, (value) => ifCreated(check.node.defaultChild as CfnResource, value, ''));
        const key = JSON.stringify(stack.resolve(others));
        const group = groups.get(key) ?? { ...others, Images: [] };
        groups.set(key, group);
        group.Images.push(Image);
      }
    }
    return [...groups.values()].map((group) => ({ ...group, Images: [...new Set(group.Images)] }));
  }
}

/**
 * What is asked about an image, without what other images of the group have, too.
 *
 * @param onlyIf leaves out what is not deployed
 */
function groupOf(properties: PullCheck['properties'] | PulledProperties, onlyIf = (value: string) => value): GroupOfOne {
  const { Image, Secret, SecretRegion, Registry, AuthHost, CaCertificate, RestrictedNetwork, AskExpiry, TimeoutSeconds } = properties;
  const { DenialIsCertain, Platform, Engine }: Partial<PulledProperties> = properties;
  const image = Image as string;
  const prefix = isUnknown(image) ? '' : image.slice(0, image.lastIndexOf('/') + 1);
  return {
    // A text needs no condition, and without one more images share the group.
    Secret: isUnknown(Secret) ? onlyIf(Secret as string) : Secret,
    SecretRegion,
    DenialIsCertain,
    Platform,
    Registry,
    AuthHost,
    CaCertificate,
    RestrictedNetwork,
    AskExpiry,
    Engine,
    TimeoutSeconds: `${TimeoutSeconds}`,
    Prefix: prefix,
    Image: onlyIf(image.slice(prefix.length)),
  };
}

/**
 * What an image adds to an input, as far as it is known when a container is defined.
 */
function partsOf({ properties }: PullCheck): { readonly image: string; readonly group: string } {
  const { Image, ...others } = groupOf({ ...properties, ...LATE });
  const image = properties.PinDigest === undefined ? Image : `${properties.Image}${DIGEST}`;
  return { image: `${JSON.stringify(image)},`, group: `${JSON.stringify({ ...others, Images: [] })},` };
}

function lengthOf(json: string): number {
  return json.replace(/\$\{Token\[[^\]]*\]\}/g, TOKEN).length;
}
