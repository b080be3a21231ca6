import { IConstruct } from 'constructs';
import { hostOf } from './image-host';
import { invalid, kindOf } from '../private/errors';
import { isDummy, isUnknown } from '../private/tokens';
import { ImageReference } from '../reference/image-reference';
import { ALIBABA } from '../registries/alibaba';
import { AZURE } from '../registries/azure';
import { CHAINGUARD } from '../registries/chainguard';
import { CLOUDSMITH } from '../registries/cloudsmith';
import { CUSTOM } from '../registries/custom';
import { DIGITALOCEAN } from '../registries/digitalocean';
import { DOCKER_HARDENED_IMAGES } from '../registries/docker-hardened-images';
import { DOCKER_HUB } from '../registries/docker-hub';
import { GHCR } from '../registries/ghcr';
import { GITEA } from '../registries/gitea';
import { GITHUB_ENTERPRISE } from '../registries/github-enterprise';
import { GITLAB } from '../registries/gitlab';
import { GITLAB_DEPENDENCY_PROXY } from '../registries/gitlab-dependency-proxy';
import { GOOGLE } from '../registries/google';
import { HARBOR } from '../registries/harbor';
import { IBM } from '../registries/ibm';
import { JFROG } from '../registries/jfrog';
import { NEXUS } from '../registries/nexus';
import { NVIDIA } from '../registries/nvidia';
import { ORACLE } from '../registries/oracle';
import { QUAY } from '../registries/quay';
import { RED_HAT } from '../registries/red-hat';
import { authHostsAt, registryOfHost, withoutDefaultPort } from '../registries/registries';
import { Registry } from '../registries/registry';
import { SELF_MANAGED_GITLAB } from '../registries/self-managed-gitlab';
import { intendedHost } from '../registries/spelling';

/**
 * Options for a registry with its own host name.
 */
export interface CustomRegistryOptions {
  /**
   * The host that issues tokens, if it is not the registry itself. With a self-managed GitLab this is usually the host of GitLab.
   *
   * The pull check sends the credentials to this host and to the registry, and to no other.
   *
   * @default - the registry issues the tokens itself; for a self-managed GitLab on a port of its own, or on `registry.gitlab.example.com`,
   * the host of GitLab
   */
  readonly authHost?: string;

  /**
   * Other host names of the same registry.
   *
   * @default - only one host
   */
  readonly aliases?: string[];

  /**
   * Whether the tasks reach the registry inside the VPC, without the internet.
   *
   * If `true`, there is no warning about subnets without a route to the internet, but there is one if the pull check is not in the VPC.
   *
   * @default false
   */
  readonly privateNetwork?: boolean;
}

/**
 * A container registry: its hosts, and the kind of credentials it accepts.
 *
 * @example
 * const harbor = RegistryProvider.harbor('harbor.example.com', { privateNetwork: true });
 */
export class RegistryProvider {
  /** Docker Hub, `docker.io`. */
  public static readonly DOCKER_HUB = new RegistryProvider(DOCKER_HUB, DOCKER_HUB.hosts);

  /** Docker Hardened Images, `dhi.io`. */
  public static readonly DOCKER_HARDENED_IMAGES = new RegistryProvider(DOCKER_HARDENED_IMAGES, DOCKER_HARDENED_IMAGES.hosts);

  /** GitHub Container Registry, `ghcr.io`. */
  public static readonly GHCR = new RegistryProvider(GHCR, GHCR.hosts);

  /** The registry of GitLab.com, `registry.gitlab.com`. */
  public static readonly GITLAB = new RegistryProvider(GITLAB, GITLAB.hosts);

  /** The dependency proxy of GitLab.com, `gitlab.com`: images `gitlab.com/<group>/dependency_proxy/containers/...`. */
  public static readonly GITLAB_DEPENDENCY_PROXY = new RegistryProvider(GITLAB_DEPENDENCY_PROXY, GITLAB_DEPENDENCY_PROXY.hosts);

  /** Quay.io, `quay.io`. */
  public static readonly QUAY = new RegistryProvider(QUAY, QUAY.hosts);

  /** Red Hat, `registry.redhat.io`. */
  public static readonly RED_HAT = new RegistryProvider(RED_HAT, RED_HAT.hosts);

  /** NVIDIA NGC, `nvcr.io`. */
  public static readonly NVIDIA = new RegistryProvider(NVIDIA, NVIDIA.hosts);

  /** Chainguard, `cgr.dev`. */
  public static readonly CHAINGUARD = new RegistryProvider(CHAINGUARD, CHAINGUARD.hosts);

  /** DigitalOcean, `registry.digitalocean.com`. */
  public static readonly DIGITALOCEAN = new RegistryProvider(DIGITALOCEAN, DIGITALOCEAN.hosts);

  /** IBM Cloud, `icr.io` and its regional hosts, for example `us.icr.io`. */
  public static readonly IBM = new RegistryProvider(IBM, IBM.hosts);

  /** Cloudsmith, `docker.cloudsmith.io`. */
  public static readonly CLOUDSMITH = new RegistryProvider(CLOUDSMITH, CLOUDSMITH.hosts);

  /**
   * The container registry of GitHub Enterprise: of GitHub Enterprise Cloud with data residency, or of a GitHub Enterprise Server.
   *
   * @param host the host of GitHub, `acme.ghe.com` or `github.example.com`, or of its registry, `containers.acme.ghe.com`
   * @param options other hosts, and how the registry is reached
   */
  public static githubEnterprise(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    const [given, ...aliases] = allHosts(host, options);
    return new RegistryProvider(GITHUB_ENTERPRISE, [given.startsWith('containers.') ? given : `containers.${given}`, ...aliases], options);
  }

  /**
   * The registry of a self-managed GitLab.
   *
   * @param host the host of the registry, with its port: often `registry.gitlab.example.com` or `gitlab.example.com:5050`
   * @param options set `authHost` to the host of GitLab, which issues the tokens, unless it is the host of the registry without the port,
   * or without "registry." before "gitlab."
   */
  public static selfManagedGitlab(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(SELF_MANAGED_GITLAB, allHosts(host, options), options);
  }

  /**
   * An Azure Container Registry.
   *
   * @param name the name of the registry, `acme`, or its login server, `acme.azurecr.io`
   */
  public static azure(name: string): RegistryProvider {
    return new RegistryProvider(AZURE, [hostOfName(AZURE, name, '.azurecr.io')]);
  }

  /**
   * Google Artifact Registry.
   *
   * @param location the location of the repositories, `europe-west1`, or a host, `europe-west1-docker.pkg.dev` or `gcr.io`
   */
  public static googleArtifactRegistry(location: string): RegistryProvider {
    return new RegistryProvider(GOOGLE, [hostOfName(GOOGLE, location, '-docker.pkg.dev')]);
  }

  /**
   * Alibaba Cloud Container Registry.
   *
   * @param region the region, `eu-central-1`, or a host: for an instance of the Enterprise Edition `acme-registry.eu-central-1.cr.aliyuncs.com`
   * @param options other hosts, and the host that issues tokens if it is not `dockerauth.<region>.aliyuncs.com`
   */
  public static alibaba(region: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(ALIBABA, allHosts(hostOfName(ALIBABA, region, '.aliyuncs.com', 'registry.'), options), options);
  }

  /**
   * Oracle Cloud Infrastructure Registry.
   *
   * @param region the key of the region, `fra`, its identifier, `eu-frankfurt-1`, or a host, `fra.ocir.io`
   */
  public static oracle(region: string): RegistryProvider {
    return new RegistryProvider(ORACLE, [hostOfName(ORACLE, region, '.ocir.io')]);
  }

  /**
   * JFrog Artifactory, in JFrog's cloud or self-hosted.
   *
   * @param host the host in image references, with its port: `acme.jfrog.io`
   * @param options other hosts, and how the registry is reached
   */
  public static jfrog(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(JFROG, allHosts(host, options), options);
  }

  /**
   * Harbor.
   *
   * @param host the host in image references, with its port
   * @param options other hosts, and how the registry is reached
   */
  public static harbor(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(HARBOR, allHosts(host, options), options);
  }

  /**
   * Sonatype Nexus Repository.
   *
   * @param host the host in image references, with the port of the Docker repository if it has one
   * @param options other hosts, and how the registry is reached
   */
  public static nexus(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(NEXUS, allHosts(host, options), options);
  }

  /**
   * Gitea or Forgejo, for example Codeberg.
   *
   * @param host the host in image references, with its port: `git.example.com` or `codeberg.org`
   * @param options other hosts, and how the registry is reached
   */
  public static gitea(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(GITEA, allHosts(host, options), options);
  }

  /**
   * Any other registry.
   *
   * @param host the host in image references, with its port
   * @param options other hosts, and how the registry is reached
   */
  public static custom(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(CUSTOM, allHosts(host, options), options);
  }

  /**
   * The registry of an image, found by its host.
   *
   * For a host that the library does not know this is a custom registry.
   *
   * @param reference the image, for example `ghcr.io/acme/api:1.4.2`; it can contain unresolved tokens after the host
   */
  public static forImage(reference: string): RegistryProvider {
    const host = hostOf(reference);
    if (host === undefined && isDummy(reference)) {
      return RegistryProvider.custom(reference);
    }
    if (host === undefined) {
      // The text before an "@" can contain a password.
      const image = reference.includes('@') ? 'an image' : `the image ${JSON.stringify(reference)}`;
      throw invalid('unknownRegistry',
        `the registry of ${image} is not known at synth, expected a literal host and "/" before the first token; `
        + 'set provider to RegistryProvider.GHCR, RegistryProvider.custom("registry.example.com") or another one, '
        + 'or use ecs.ContainerImage.fromEcrRepository() for a repository of Amazon ECR');
    }
    const registry = registryOfHost(host);
    if (registry === undefined) {
      return new RegistryProvider(CUSTOM, [host], {}, intendedHost(host));
    }
    return new RegistryProvider(registry, registry.hosts.length > 0 ? registry.hosts : [withoutDefaultPort(host)]);
  }

  /** The host in image references, in lower case and with its port if it has one. */
  public readonly host: string;

  /** The other hosts that the same credentials are for. */
  public readonly aliases: string[];

  /**
   * The host that issues tokens.
   *
   * @default - the registry issues them itself
   */
  public readonly authHost?: string;

  /** Describes the user name that the registry expects. */
  public readonly usernameHint: string;

  /** Describes the password or token that the registry expects. */
  public readonly passwordHint: string;

  /** Whether the tasks reach the registry inside the VPC, without the internet. */
  public readonly privateNetwork: boolean;

  /**
   * The key of the registry in `registries/`, by which the pull check finds its advice.
   *
   * @internal
   */
  public readonly _key: string;

  /**
   * The known host that somebody probably meant, who did not name the registry.
   *
   * @internal
   */
  public readonly _intendedHost?: string;

  private constructor(registry: Registry, [host, ...aliases]: readonly string[], options: CustomRegistryOptions = {}, intended?: string) {
    this.host = host;
    this.aliases = aliases;
    this.authHost = options.authHost === undefined ? authHostsAt(registry, host)[0] : checkedHost('authHost', options.authHost);
    this.usernameHint = registry.usernameHint;
    this.passwordHint = registry.passwordHint;
    this.privateNetwork = options.privateNetwork ?? false;
    this._key = registry.key;
    this._intendedHost = intended;
  }

  /**
   * Whether a host is one of the registry: its own, or one of the aliases.
   *
   * Ignores upper case and the default port 443.
   *
   * @param host the host, with its port if it has one
   */
  public servesHost(host: string): boolean {
    const wanted = withoutDefaultPort(host.toLowerCase());
    return [this.host, ...this.aliases].some((own) => isDummy(own) || withoutDefaultPort(own) === wanted);
  }
}

/**
 * For callers without types. Not by `instanceof`, because an app can have two copies of this package.
 */
export function validateProvider(provider: unknown, scope?: IConstruct): void {
  if (typeof provider === 'object' && provider !== null && 'servesHost' in provider) {
    return;
  }
  throw invalid('invalidProvider',
    `provider is ${kindOf(provider)}, expected a RegistryProvider; `
    + 'write RegistryProvider.GHCR or another constant, or RegistryProvider.custom("registry.example.com") for a host', scope);
}

function allHosts(host: string, options: CustomRegistryOptions): string[] {
  return [checkedHost('registry host', host), ...[options.aliases ?? []].flat().map((alias) => checkedHost('alias', alias))];
}

function hostOfName(registry: Registry, nameOrHost: string, suffix: string, prefix: string = ''): string {
  checkText('registry host', nameOrHost);
  const host = checkedHost('registry host', nameOrHost.includes('.') ? nameOrHost : prefix + nameOrHost + suffix);
  if (isDummy(host) || registry.hostPattern?.test(host)) {
    return host;
  }
  throw invalid('invalidRegistryHost',
    `${JSON.stringify(host)} is not a host of ${registry.label}, expected ${registry.hostForm}, or only the part ${prefix === '' ? 'before' : `between "${prefix}" and`} "${suffix}"; `
    + 'use RegistryProvider.custom() for another registry');
}

/** For callers without types. */
function checkText(subject: string, given: unknown): void {
  if (typeof given !== 'string' || given === '') {
    throw invalid('invalidRegistryHost',
      `${subject} is ${given === '' ? 'empty' : kindOf(given)}, expected a host as text, like "registry.example.com"; `
      + 'write the host as in image references');
  }
}

function checkedHost(subject: string, given: string): string {
  checkText(subject, given);
  if (isDummy(given)) {
    return given;
  }
  if (isUnknown(given)) {
    throw invalid('invalidRegistryHost',
      `${subject} ${JSON.stringify(given)} is an unresolved token, expected a host that is known at synth, like "registry.example.com"; `
      + 'write it as a literal string, or read it from the context');
  }
  if (/@|%40|["'{}]/.test(given)) {
    throw invalid('invalidRegistryHost',
      `${subject} contains "@", a quote or a brace, and is not shown, since it can contain a password; expected a host alone, like "registry.example.com"; `
      + 'remove the part before the host, and pass user name and password as RegistryCredentials');
  }
  const host = hostIn(given);
  if (host !== undefined) {
    return host;
  }
  const bare = hostIn(given.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, ''));
  throw invalid('invalidRegistryHost',
    `${subject} ${JSON.stringify(given)} is not a host, expected a full host name and nothing but a port after it, `
    + 'like "registry.example.com" or "registry.example.com:5000"; '
    + (bare === undefined ? 'write the host as in image references' : `write ${JSON.stringify(bare)}`));
}

/**
 * The host as image references have it, so that the two can be compared; undefined if no image reference can name it.
 */
function hostIn(text: string): string | undefined {
  // Any other text before a "/" is a namespace of Docker Hub.
  if (text.includes('/') || !/[.:]|^localhost$/i.test(text)) {
    return undefined;
  }
  try {
    return ImageReference.parse(`${text}/image`).host;
  } catch {
    return undefined;
  }
}
