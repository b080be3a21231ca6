import { Aspects, Duration, Stage } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { Authentication } from './authenticate';
import { exemptScope, isCovered, registriesOf } from './covered';
import { validateStage } from './validate';
import { validateCredentials } from '../credentials/registry-credentials';
import { RegistryPull } from '../image/prepare-pull';
import { validatePullCheck } from '../image/pull-options';
import { invalid, kindOf, warn } from '../private/errors';
import { stageOf } from '../private/scopes';
import { isUnknown } from '../private/tokens';
import { RegistryProvider, validateProvider } from '../provider/registry-provider';
import { PrivateRegistry, PrivateRegistryProps, validateRegistry } from '../registry/private-registry';

/** Those that exist, by scope. */
const ALL = new WeakMap<IConstruct, PrivateRegistries>();
/** The scopes that an Aspect of this library visits. */
const VISITED = new WeakSet<IConstruct>();

/**
 * The registries of everything in a scope: an app, a Stage, a stack or any construct.
 *
 * Every container whose image is in one of the registries gets the credentials, the permission to read them, a pull check, and waits
 * for both, as with a `PrivateRegistryImage`. It does not matter which construct defines the container: L2 constructs, patterns,
 * constructs of others, L1 resources, `CfnInclude`, and containers that Aspects add. Images without a host, like `nginx` and
 * `acme/api`, are in Docker Hub. Credentials that a container has already are kept. The nearest scope that serves a registry decides.
 *
 * Images whose registry is not known at synth are left alone. What comes too late to be authenticated is an error at synth.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 *
 * @example
 * PrivateRegistries.of(this).add({
 *   provider: RegistryProvider.GHCR,
 *   credentials: RegistryCredentials.fromSecretName('ghcr-pull'),
 * });
 */
export class PrivateRegistries {
  /**
   * The registries of a scope, always the same object for the same scope.
   *
   * The Stages that are in the scope are covered. Call it again after you have defined another one: a Stage that has images of these
   * registries and is not covered is an error at synth. CDK Pipelines synthesizes a Stage in `addStage()`, so call it before.
   *
   * @param scope the app, or a part of it
   */
  public static of(scope: IConstruct): PrivateRegistries {
    validateScope(scope);
    const registries = ALL.get(scope) ?? new PrivateRegistries(scope);
    ALL.set(scope, registries);
    for (const root of [scope, ...scope.node.findAll().filter(Stage.isStage)]) {
      visitFrom(root);
    }
    return registries;
  }

  /**
   * Leaves a construct and everything below it alone, whatever the scopes around it authenticate.
   *
   * @param scope the construct, for example a stack
   */
  public static exempt(scope: IConstruct): void {
    validateScope(scope);
    exemptScope(scope);
    scope.node.addValidation({
      validate: () => {
        if (!isCovered(scope)) {
          warn(scope, 'exemptWithoutEffect',
            `exempt() has no effect for ${scope.node.path}: no scope around it has registries; remove the call, or call PrivateRegistries.of() for the app`);
        }
        return [];
      },
    });
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Authenticates a registry with credentials for a secret that exists, in any stack, Region and Stage of the scope.
   *
   * Throws if the credentials create a secret, or if the scope has the registry already with other credentials or options.
   *
   * @param props the registry, its credentials, and how its images are pulled
   * @returns these registries, to add more
   */
  public add(props: PrivateRegistryProps): PrivateRegistries {
    const { provider, credentials, pullCheck } = props ?? {};
    validateProvider(provider, this.scope);
    validateCredentials(credentials, this.scope);
    validatePullCheck(pullCheck, this.scope);
    if (credentials._createsSecret) {
      throw invalid('credentialsCreateSecret',
        `the credentials for ${provider.host} create a secret, and PrivateRegistries.add() would create one for each container; `
        + 'define a PrivateRegistry with them, and pass it to PrivateRegistries.authenticate()', this.scope);
    }
    return this.register({ ...props });
  }

  /**
   * Authenticates registries whose secret is in the app, like those whose credentials create a secret.
   *
   * Throws if the scope has one of the registries already with other credentials or options.
   *
   * @param registries the registries
   * @returns these registries, to add more
   */
  public authenticate(...registries: PrivateRegistry[]): PrivateRegistries {
    for (const registry of registries) {
      validateRegistry(registry, 'pass the provider and the credentials to add()', this.scope);
      this.register(registry._pull());
    }
    return this;
  }

  private register(pull: RegistryPull): PrivateRegistries {
    const own = registriesOf(this.scope);
    const other = own.find(({ provider }) => isSameRegistry(provider, pull.provider));
    if (other === undefined) {
      own.push(pull);
    } else if (!isSamePull(other, pull)) {
      throw invalid('registryAuthenticatedTwice',
        `${pull.provider.host} is authenticated twice in the same scope, with different credentials or options; `
        + 'remove one of the two, or authenticate the registry in a scope of its own, like a stack', this.scope);
    }
    return this;
  }
}

/** For callers without types. */
function validateScope(scope: unknown): void {
  if (!Construct.isConstruct(scope)) {
    throw invalid('invalidScope', `the scope of PrivateRegistries is ${kindOf(scope)}, expected a construct; pass the app, a Stage, a stack or another construct`);
  }
}

/**
 * Aspects do not enter the Stages in their scope.
 */
function visitFrom(root: IConstruct): void {
  if (!VISITED.has(root)) {
    VISITED.add(root);
    Aspects.of(root).add(new Authentication(root));
    validateStage(stageOf(root));
  }
}

function isSameRegistry(one: RegistryProvider, other: RegistryProvider): boolean {
  return !isUnknown(one.host) && !isUnknown(other.host) && (one.servesHost(other.host) || other.servesHost(one.host));
}

function isSamePull(one: RegistryPull, other: RegistryPull): boolean {
  return one.registry === other.registry
    && (one.registry !== undefined || (one.credentials._equals(other.credentials) && isSameStruct(optionsOf(one), optionsOf(other))));
}

function optionsOf({ pullCheck, pinDigest = false, rolePolicyManagedExternally = false }: RegistryPull): Record<string, unknown> {
  return { ...pullCheck, pinDigest, rolePolicyManagedExternally };
}

function isSameStruct(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  return Object.keys({ ...one, ...other }).every((key) => isSameOption(one[key], other[key]));
}

function isSameOption(one: unknown, other: unknown): boolean {
  return one === other || (one instanceof Duration && JSON.stringify(one) === JSON.stringify(other));
}
