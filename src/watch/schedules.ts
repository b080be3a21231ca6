import { CfnResource, Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FunctionTarget } from './function-target';
import { conditionOf } from '../private/late-condition';
import { isUnknown } from '../private/tokens';
import { WatchGroup } from '../pull-check/contract';
import { IPullCheckFunction } from '../pull-check/pull-check-function';
import { PullCheck, PulledProperties } from '../pull-check/shared-check';

/** EventBridge accepts an input of 8,192 characters. What changes until the template is made has the rest. */
const ROOM = 7_000;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const TARGETS_OF_RULE = 5;
/** As long as the values that tokens usually have: the ARN of a secret, an image with a digest. */
const TOKEN = 'x'.repeat(150);

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
    const fitting = this.inputs.filter((input) => input.checkFunction === check.checkFunction && input.lengthWith(check) <= ROOM);
    const input = fitting.find((one) => one.hasSecretOf(check)) ?? fitting[0] ?? new Input(check.checkFunction);
    if (input.lengthWith(check) > ROOM) {
      return false;
    }
    input.add(check);
    if (!this.inputs.includes(input)) {
      this.inputs.push(input);
      this.nextRule().addTarget(new FunctionTarget(check.checkFunction, Lazy.uncachedString({ produce: () => this.textOf(input) })));
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
  private readonly known = new Set<string>();
  private length = 0;

  constructor(public readonly checkFunction: IPullCheckFunction) {}

  public hasSecretOf({ properties }: PullCheck): boolean {
    return this.secrets.has(properties.Secret as string);
  }

  public lengthWith(check: PullCheck): number {
    const { Image, ...others } = groupOf(check.properties);
    const digest = check.properties.PinDigest === undefined ? '' : TOKEN;
    return this.length + lengthOf(Image + digest) + (this.known.has(JSON.stringify(others)) ? 0 : lengthOf(others));
  }

  public add(check: PullCheck): void {
    this.length = this.lengthWith(check);
    const { Image, ...others } = groupOf(check.properties);
    this.known.add(JSON.stringify(others));
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
        const { Image, ...others } = groupOf(properties, conditionOf(check.node.defaultChild as CfnResource));
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
 * @param condition the condition under which CloudFormation creates what is referred to
 */
function groupOf(properties: PullCheck['properties'] | PulledProperties, condition?: string): GroupOfOne {
  const { Image, Secret, SecretRegion, Registry, AuthHost, CaCertificate, RestrictedNetwork, AskExpiry, TimeoutSeconds } = properties;
  const { DenialIsCertain, Platform, Engine }: Partial<PulledProperties> = properties;
  const onlyIf = (value: unknown) => (condition === undefined ? value as string : Fn.conditionIf(condition, value, '').toString());
  const image = Image as string;
  const prefix = isUnknown(image) ? '' : image.slice(0, image.lastIndexOf('/') + 1);
  return {
    Secret: onlyIf(Secret),
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

function lengthOf(value: unknown): number {
  return JSON.stringify(value).replace(/\$\{Token\[[^\]]*\]\}/g, TOKEN).length;
}
