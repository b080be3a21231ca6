import { isKnown, propertiesOf, Resource, Template } from './template';
import { World } from './world';
import { Engine, engineOfJob, engineOfTask, platformOf } from '../consumers/engine';
import { isObject } from '../private/template-json';
import { PULL_CHECK_TYPE } from '../pull-check/contract';

/** What a template says about how an image is pulled. What it does not say, or what only the deployment knows, is undefined. */
export interface HowPulled {
  readonly platform?: string | readonly string[];
  readonly engine?: Engine;
  /** The key of the registry, where its host does not tell it. */
  readonly registry?: string;
  readonly authHost?: string;
  readonly ca?: string;
  readonly restrictedNetwork?: boolean;
  readonly askExpiry?: false;
}

/** Windows and macOS are not checked for their versions, which matter there. */
const BUILD_PLATFORMS: Readonly<Record<string, string>> = {
  LINUX_CONTAINER: 'linux/amd64', LINUX_GPU_CONTAINER: 'linux/amd64', LINUX_EC2: 'linux/amd64', ARM_CONTAINER: 'linux/arm64', ARM_EC2: 'linux/arm64',
};

/** The pull checks of a template. */
export class Checks {
  private readonly checks = new Map<string, Resource[]>();

  constructor(private readonly template: Template) {
    const world = new World([]);
    for (const resource of template.resources.values()) {
      if (resource.type === PULL_CHECK_TYPE) {
        const { Image: image, Secret: secret } = propertiesOf(resource);
        const key = keyOf(template.text(image, world), template.text(secret, world));
        this.checks.set(key, [...this.checks.get(key) ?? [], resource]);
      }
    }
  }

  /** What the check of an image says, of several that which the resource waits for. */
  public howPulled({ json }: Resource, image: string, secret: string | undefined, world: World): HowPulled | undefined {
    const checks = this.checks.get(keyOf(image, secret)) ?? [];
    const check = checks.find(({ logicalId }) => [json.DependsOn].flat().includes(logicalId)) ?? checks[0];
    if (check === undefined) {
      return undefined;
    }
    const { Platform, Registry, AuthHost, CaCertificate, RestrictedNetwork, AskExpiry } = propertiesOf(check);
    const known = (value: unknown) => knownText(this.template, value, world);
    return {
      platform: Array.isArray(Platform) ? Platform.flatMap((platform) => known(platform) ?? []) : known(Platform),
      engine: engineNamed(known(propertiesOf(check).Engine)),
      registry: known(Registry),
      authHost: known(AuthHost),
      ca: asPem(known(CaCertificate)),
      restrictedNetwork: RestrictedNetwork !== undefined && known(RestrictedNetwork) !== 'false',
      ...known(AskExpiry) === 'false' && { askExpiry: false },
    };
  }
}

/**
 * What a resource itself says.
 *
 * @param task what has the execution role
 */
export function howDefined(
  template: Template, resource: Resource, { task, container }: { readonly task: unknown; readonly container: unknown }, world: World,
): HowPulled {
  const { RequiresCompatibilities: compatibilities, PlatformCapabilities: capabilities } = propertiesOf(resource);
  const texts = (value: unknown) => {
    const list = template.resolve(value, world);
    return Array.isArray(list) ? list.map((text) => template.text(text, world)) : list;
  };
  const member = (of: unknown, name: string) => {
    const object = template.resolve(of, world);
    return isObject(object) ? template.resolve(object[name], world) : undefined;
  };
  const launched = (engine: HowPulled['engine']): HowPulled => {
    const runtime = member(task, 'RuntimePlatform');
    return { engine, platform: platformOf(isObject(runtime) ? mapValues(runtime, (value) => template.text(value, world)) : runtime, engine) };
  };
  switch (resource.type) {
    case 'AWS::ECS::ExpressGatewayService': return { engine: 'containerd' };
    case 'AWS::CodeBuild::Project': return { platform: BUILD_PLATFORMS[knownText(template, member(container, 'Type'), world) ?? ''] };
    case 'AWS::ECS::TaskDefinition': return launched(engineOfTask(texts(compatibilities)));
    case 'AWS::Batch::JobDefinition': return launched(engineOfJob(texts(capabilities)));
    default: return {};
  }
}

function mapValues<T>(object: Record<string, unknown>, map: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

function engineNamed(name: string | undefined): HowPulled['engine'] {
  return name === 'containerd' || name === 'dockerd' ? name : undefined;
}

function asPem(text: string | undefined): string | undefined {
  return text?.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
}

function knownText(template: Template, value: unknown, world: World): string | undefined {
  const text = template.text(value, world);
  return text !== undefined && isKnown(text) ? text : undefined;
}

function keyOf(image: string | undefined, secret: string | undefined): string {
  return JSON.stringify([image, secret]);
}
