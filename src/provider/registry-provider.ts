import { Token } from 'aws-cdk-lib';
import { hostOf } from './image-host';
import { invalid } from '../private/errors';
import { ImageReference } from '../reference/image-reference';
import * as known from '../registries/registry-knowledge';

/**
 * What can be said about a registry that has a host of its own.
 */
export interface CustomRegistryOptions {
  /**
   * The host that issues tokens, if it is not the registry itself: with a self-managed GitLab usually the host of GitLab.
   *
   * The pull check sends the credentials to this host and to the registry, and to no other.
   *
   * @default - the registry issues the tokens itself
   */
  readonly authHost?: string;

  /**
   * Other hosts that the same registry is reached by.
   *
   * @default - only one host
   */
  readonly aliases?: string[];

  /**
   * Whether the registry is reached inside the VPC, without the internet.
   *
   * There is then no warning about subnets that have no way to the internet, but one about a pull check that is not in the VPC.
   *
   * @default false
   * @jsii suppress JSII5018 reserved in C# only and there the property is called Internal
   */
  readonly internal?: boolean;

  /**
   * Whether the registry admits only some addresses.
   *
   * A pull check from another address than that of the tasks then doesn't fail the deployment if the registry answers 403.
   *
   * @default false
   */
  readonly restrictedNetwork?: boolean;
}

/**
 * A container registry, and what the library knows about it: its hosts, and what a pull-only credential looks like.
 *
 * @example
 * const harbor = RegistryProvider.harbor('harbor.example.com', { internal: true });
 */
export class RegistryProvider {
  /** Docker Hub, `docker.io`. */
  public static readonly DOCKER_HUB = new RegistryProvider(known.DOCKER_HUB, known.DOCKER_HUB.hosts);

  /** GitHub Container Registry, `ghcr.io`. */
  public static readonly GHCR = new RegistryProvider(known.GHCR, known.GHCR.hosts);

  /** The registry of GitLab.com, `registry.gitlab.com`. */
  public static readonly GITLAB = new RegistryProvider(known.GITLAB, known.GITLAB.hosts);

  /** Quay.io, `quay.io`. */
  public static readonly QUAY = new RegistryProvider(known.QUAY, known.QUAY.hosts);

  /** Red Hat, `registry.redhat.io`. */
  public static readonly RED_HAT = new RegistryProvider(known.RED_HAT, known.RED_HAT.hosts);

  /** NVIDIA NGC, `nvcr.io`. */
  public static readonly NVIDIA = new RegistryProvider(known.NVIDIA, known.NVIDIA.hosts);

  /** Chainguard, `cgr.dev`. */
  public static readonly CHAINGUARD = new RegistryProvider(known.CHAINGUARD, known.CHAINGUARD.hosts);

  /**
   * The registry of a GitLab that is not GitLab.com.
   *
   * @param host the host of the registry, with its port: often `registry.gitlab.example.com` or `gitlab.example.com:5050`
   * @param options GitLab usually issues the tokens on another host than the registry, which is then needed as `authHost`
   */
  public static selfManagedGitlab(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(known.SELF_MANAGED_GITLAB, allHosts(host, options), options);
  }

  /**
   * An Azure Container Registry.
   *
   * @param name the name of the registry, `acme`, or its login server, `acme.azurecr.io`
   */
  public static azure(name: string): RegistryProvider {
    return new RegistryProvider(known.AZURE, [hostOfName(known.AZURE, name, '.azurecr.io')]);
  }

  /**
   * Google Artifact Registry.
   *
   * @param location the location of the repositories, `europe-west1`, or a host, `europe-west1-docker.pkg.dev` or `gcr.io`
   */
  public static googleArtifactRegistry(location: string): RegistryProvider {
    return new RegistryProvider(known.GOOGLE, [hostOfName(known.GOOGLE, location, '-docker.pkg.dev')]);
  }

  /**
   * JFrog Artifactory, in JFrog's cloud or self-hosted.
   *
   * @param host the host as image references name it, with its port: `acme.jfrog.io`
   * @param options what is special about the registry
   */
  public static jfrog(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(known.JFROG, allHosts(host, options), options);
  }

  /**
   * Harbor.
   *
   * @param host the host as image references name it, with its port
   * @param options what is special about the registry
   */
  public static harbor(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(known.HARBOR, allHosts(host, options), options);
  }

  /**
   * Sonatype Nexus Repository.
   *
   * @param host the host as image references name it, with the port of the Docker repository if it has one
   * @param options what is special about the registry
   */
  public static nexus(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    return new RegistryProvider(known.NEXUS, allHosts(host, options), options);
  }

  /**
   * Any other registry.
   *
   * @param host the host as image references name it, with its port
   * @param options what is special about the registry
   */
  public static custom(host: string, options: CustomRegistryOptions = {}): RegistryProvider {
    const hosts = allHosts(host, options);
    return new RegistryProvider({ ...known.CUSTOM, label: hosts[0] }, hosts, options);
  }

  /**
   * The registry of an image, by its host.
   *
   * A host that the library doesn't know gives a custom registry.
   *
   * @param reference the image, for example `ghcr.io/acme/api:1.4.2`; after the host it may contain unresolved tokens
   */
  public static forImage(reference: string): RegistryProvider {
    const host = hostOf(reference);
    if (host === undefined) {
      // What stands before an "@" may be a password.
      const image = reference.includes('@') ? 'an image' : `the image ${JSON.stringify(reference)}`;
      throw invalid('unknownRegistry',
        `the registry of ${image} is not known at synth, expected a literal host and "/" before the first token; `
        + 'set provider to RegistryProvider.GHCR, RegistryProvider.custom("registry.example.com") or another one, '
        + 'or use ecs.ContainerImage.fromEcrRepository() for a repository of Amazon ECR');
    }
    const presets = [
      RegistryProvider.DOCKER_HUB, RegistryProvider.GHCR, RegistryProvider.GITLAB, RegistryProvider.QUAY,
      RegistryProvider.RED_HAT, RegistryProvider.NVIDIA, RegistryProvider.CHAINGUARD,
    ];
    const preset = presets.find((provider) => provider.servesHost(host));
    if (preset) {
      return preset;
    }

    const bareHost = withoutDefaultPort(host);
    if (known.AZURE.hostPattern?.test(bareHost)) {
      return RegistryProvider.azure(bareHost);
    }
    if (known.GOOGLE.hostPattern?.test(bareHost)) {
      return RegistryProvider.googleArtifactRegistry(bareHost);
    }
    if (known.JFROG.hostPattern?.test(bareHost)) {
      return RegistryProvider.jfrog(bareHost);
    }
    return RegistryProvider.custom(host);
  }

  /** The name of the registry for people. */
  public readonly label: string;

  /** The host that image references name, in lower case and with its port if it has one. */
  public readonly host: string;

  /** The other hosts that the same credentials are for. */
  public readonly aliases: string[];

  /**
   * The host that issues tokens.
   *
   * @default - the registry issues them itself
   */
  public readonly authHost?: string;

  /** What belongs in `username` of the secret. */
  public readonly usernameHint: string;

  /** What belongs in `password` of the secret. */
  public readonly passwordHint: string;

  /** How long the credentials live. */
  public readonly tokenExpiry: string;

  /** Where the registry documents its credentials. */
  public readonly documentationUrl: string;

  /** Whether the pull-through cache of Amazon ECR can fetch private images from the registry. */
  public readonly supportsPullThroughCache: boolean;

  /**
   * Whether the registry can be reached over IPv6.
   *
   * @default - not known
   */
  public readonly ipv6?: boolean;

  /**
   * Whether the registry is reached inside the VPC, without the internet.
   *
   * @jsii suppress JSII5018 reserved in C# only and there the property is called Internal
   */
  public readonly internal: boolean;

  /** Whether the registry admits only some addresses. */
  public readonly restrictedNetwork: boolean;

  private constructor(registry: known.RegistryKnowledge, [host, ...aliases]: string[], options: CustomRegistryOptions = {}) {
    this.label = registry.label;
    this.host = host;
    this.aliases = aliases;
    this.authHost = options.authHost === undefined ? registry.authHost : checkedHost('authHost', options.authHost);
    this.usernameHint = registry.username;
    this.passwordHint = registry.password;
    this.tokenExpiry = registry.expiry;
    this.documentationUrl = registry.documentation[0];
    this.supportsPullThroughCache = registry.pullThroughCache === 'private';
    this.ipv6 = registry.ipv6;
    this.internal = options.internal ?? false;
    this.restrictedNetwork = options.restrictedNetwork ?? false;
  }

  /**
   * Whether the registry is reached by a host: its own, or one of the aliases.
   *
   * Upper case and the default port 443 make no difference.
   *
   * @param host the host, with its port if it has one
   */
  public servesHost(host: string): boolean {
    const wanted = withoutDefaultPort(host.toLowerCase());
    return [this.host, ...this.aliases].some((own) => withoutDefaultPort(own) === wanted);
  }
}

function allHosts(host: string, options: CustomRegistryOptions): string[] {
  return [checkedHost('registry host', host), ...(options.aliases ?? []).map((alias) => checkedHost('alias', alias))];
}

function hostOfName(registry: known.RegistryKnowledge, nameOrHost: string, suffix: string): string {
  const host = checkedHost('registry host', nameOrHost.includes('.') ? nameOrHost : nameOrHost + suffix);
  if (registry.hostPattern?.test(host)) {
    return host;
  }
  throw invalid('invalidRegistryHost',
    `${JSON.stringify(host)} is not a host of ${registry.label}, expected ${registry.hostForm}, or only what stands before "${suffix}"; `
    + 'use RegistryProvider.custom() for another registry');
}

function checkedHost(subject: string, given: string): string {
  if (Token.isUnresolved(given)) {
    throw invalid('invalidRegistryHost',
      `${subject} ${JSON.stringify(given)} is an unresolved token, expected a host that is known at synth, like "registry.example.com"; `
      + 'write it as a literal string, or read it from the context');
  }
  if (/@|%40/.test(given)) {
    throw invalid('invalidRegistryHost',
      `${subject} contains "@" and is not shown because it may contain a password, expected a host alone, like "registry.example.com"; `
      + 'leave out what stands before the host, and pass user name and password as RegistryCredentials');
  }
  const host = hostIn(given);
  if (host !== undefined) {
    return host;
  }
  const bare = hostIn(given.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, ''));
  throw invalid('invalidRegistryHost',
    `${subject} ${JSON.stringify(given)} is not a host, expected a full host name and nothing but a port after it, `
    + 'like "registry.example.com" or "registry.example.com:5000"; '
    + (bare === undefined ? 'write the host as image references name it' : `write ${JSON.stringify(bare)}`));
}

/**
 * The host as image references have it, so that the two can be compared; undefined if no image reference can name it.
 */
function hostIn(text: string): string | undefined {
  // Anything else in front of a "/" is a namespace of Docker Hub.
  if (text.includes('/') || !/[.:]|^localhost$/i.test(text)) {
    return undefined;
  }
  try {
    return ImageReference.parse(`${text}/image`).host;
  } catch {
    return undefined;
  }
}

function withoutDefaultPort(host: string): string {
  return host.replace(/:443$/, '');
}
