import { isKnown, propertiesOf, Resource, Template } from './template';
import { World } from './world';
import { PULL_CHECK_TYPE } from '../pull-check/contract';
import { isObject } from '../runtime/check';

/** What a template says about how an image is pulled. What it does not say, or what only the deployment knows, is undefined. */
export interface HowPulled {
  readonly platform?: string | readonly string[];
  readonly engine?: 'containerd' | 'dockerd';
  /** The key of the registry, where its host does not tell it. */
  readonly registry?: string;
  readonly authHost?: string;
  readonly ca?: string;
  readonly restrictedNetwork?: boolean;
  readonly askExpiry?: false;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

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
    const { Platform, Engine, Registry, AuthHost, CaCertificate, RestrictedNetwork, AskExpiry } = propertiesOf(check);
    const known = (value: unknown) => knownText(this.template, value, world);
    return {
      platform: Array.isArray(Platform) ? Platform.flatMap((platform) => known(platform) ?? []) : known(Platform),
      engine: engineNamed(known(Engine)),
      registry: known(Registry),
      authHost: known(AuthHost),
      ca: asPem(known(CaCertificate)),
      restrictedNetwork: RestrictedNetwork !== undefined && known(RestrictedNetwork) !== 'false',
      ...known(AskExpiry) === 'false' && { askExpiry: false },
    };
  }
}

/** What a resource itself says. */
export function howDefined(template: Template, resource: Resource, container: unknown, world: World): HowPulled {
  const properties = propertiesOf(resource);
  const member = (of: unknown, name: string) => {
    const object = template.resolve(of, world);
    return isObject(object) ? object[name] : undefined;
  };
  switch (resource.type) {
    case 'AWS::ECS::ExpressGatewayService': return { engine: 'containerd' };
    case 'AWS::CodeBuild::Project': return { platform: BUILD_PLATFORMS[knownText(template, member(container, 'Type'), world) ?? ''] };
    case 'AWS::ECS::TaskDefinition':
    case 'AWS::Batch::JobDefinition': {
      const launchTypes = template.resolve(properties.RequiresCompatibilities ?? properties.PlatformCapabilities, world);
      const engine = engineOf(Array.isArray(launchTypes) ? launchTypes.map((type) => knownText(template, type, world)) : []);
      const runtime = properties.RuntimePlatform ?? member(container, 'RuntimePlatform');
      return { engine, platform: resource.type === 'AWS::ECS::TaskDefinition' || runtime !== undefined ? platformOf(template, engine, runtime, world) : undefined };
    }
    default: return {};
  }
}

function platformOf(template: Template, engine: HowPulled['engine'], value: unknown, world: World): string | undefined {
  const runtime = template.resolve(value ?? {}, world);
  if (!isObject(runtime)) {
    return undefined;
  }
  const isFargate = engine === 'containerd';
  const cpu = template.text(runtime.CpuArchitecture, world) ?? (isFargate ? 'X86_64' : '');
  // Tasks on ARM64 run Linux only.
  const family = template.text(runtime.OperatingSystemFamily, world) ?? (isFargate || cpu === 'ARM64' ? 'LINUX' : '');
  const os = /^(?:LINUX$|WINDOWS)/.exec(family)?.[0].toLowerCase();
  const architecture = Object.hasOwn(ARCHITECTURES, cpu) ? ARCHITECTURES[cpu] : undefined;
  return os === undefined || architecture === undefined ? undefined : `${os}/${architecture}`;
}

function engineOf(launchTypes: ReadonlyArray<string | undefined>): HowPulled['engine'] {
  if (launchTypes.length === 0) {
    return undefined;
  }
  return launchTypes.every((type) => type === 'FARGATE') ? 'containerd' : launchTypes.every((type) => type === 'EC2' || type === 'EXTERNAL') ? 'dockerd' : undefined;
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
