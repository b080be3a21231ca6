import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as pipelines from 'aws-cdk-lib/pipelines';
import { Construct, IConstruct } from 'constructs';
import { grantStatements } from '../access/grant-pull';
import { OwnerPolicies } from '../access/owner-policies';
import { dockerCredential } from '../codebuild/docker-credential';
import { PrivateRegistryBuildImage } from '../codebuild/private-registry-build-image';
import { RegistryCredentials, validateCredentials } from '../credentials/registry-credentials';
import { RegistrySecret } from '../credentials/registry-secret';
import { RegistryPull } from '../image/prepare-pull';
import { PrivateRegistryImage } from '../image/private-registry-image';
import { overriddenBy, PullOptions, validatePullCheck } from '../image/pull-options';
import { invalid, kindOf } from '../private/errors';
import { RegistryProvider, validateProvider } from '../provider/registry-provider';

/**
 * Properties of `PrivateRegistry`.
 */
export interface PrivateRegistryProps extends PullOptions {
  /**
   * The registry.
   */
  readonly provider: RegistryProvider;

  /**
   * The credentials for the registry. For an `ISecret`, write `RegistryCredentials.fromSecret(secret)`.
   */
  readonly credentials: RegistryCredentials;
}

/**
 * A registry and its credentials.
 */
export interface IPrivateRegistry extends IConstruct {
  /**
   * The registry.
   */
  readonly provider: RegistryProvider;

  /**
   * The host of the registry as image names have it, for example `ghcr.io`.
   */
  readonly host: string;

  /**
   * The secret with the credentials.
   */
  readonly secret: secretsmanager.ISecret;

  /**
   * An image of this registry, for any container.
   *
   * Throws if the image is in another registry. An image without a host, like `acme/api:1`, is in Docker Hub.
   *
   * @param reference the image, for example `ghcr.io/acme/api:1.4.2`
   * @param overrides the options that are different for this image
   */
  image(reference: string, overrides?: PullOptions): PrivateRegistryImage;

  /**
   * An image of this registry, for any CodeBuild project.
   *
   * Throws if the image is in another registry, if CodeBuild or Amazon ECR provides it, or if it has credentials of its own.
   *
   * @param image the build image of aws-cdk-lib, for example `codebuild.LinuxBuildImage.fromDockerRegistry('ghcr.io/acme/build:1.4.2')`
   * @param overrides the options that are different for this image
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-private-registry.html
   */
  buildImage(image: codebuild.IBuildImage, overrides?: PullOptions): PrivateRegistryBuildImage;

  /**
   * The credentials for the `dockerCredentials` of a CDK pipeline, whose builds log in with them to pull the base images of assets.
   *
   * @param usages the builds that log in; without it, those for synth, self-mutation and assets
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.pipelines-readme.html#docker
   */
  dockerCredential(usages?: pipelines.DockerCredentialUsage[]): pipelines.DockerCredential;

  /**
   * Allows a principal to read the secret, and to decrypt it if a known customer-managed key encrypts it.
   *
   * Execution roles are allowed that already. Use it for anything else that pulls with the same credentials.
   */
  grantPull(grantee: iam.IGrantable): iam.Grant;

  /**
   * The policies that the owner of the secret must attach, if the secret belongs to another account.
   *
   * They name all roles of the app that read the secret, also those of other registries and images with the same secret, and those
   * that are added after this call. So one registry, in any stack, has the policies of the whole app. A role without a name is
   * listed by the beginning of its stack's name, from which CloudFormation derives the name of the role.
   */
  ownerPolicies(): OwnerPolicies;
}

/**
 * A registry and its credentials, shared by any number of images, containers and services.
 *
 * @example
 * declare const cluster: ecs.Cluster;
 * const ghcr = new PrivateRegistry(this, 'Ghcr', {
 *   provider: RegistryProvider.GHCR,
 *   credentials: RegistryCredentials.fromSecretName('ghcr-pull'),
 * });
 *
 * new PrivateRegistryFargateService(this, 'Api', { cluster, registry: ghcr, image: 'ghcr.io/acme/api:1.4.2' });
 * new PrivateRegistryFargateService(this, 'Admin', { cluster, registry: ghcr, image: 'ghcr.io/acme/admin:2.0.0' });
 */
export class PrivateRegistry extends Construct implements IPrivateRegistry {
  /**
   * The registry.
   */
  public readonly provider: RegistryProvider;

  /**
   * The host of the registry as image names have it, for example `ghcr.io`.
   */
  public readonly host: string;

  /**
   * The secret with the credentials.
   */
  public readonly secret: secretsmanager.ISecret;

  private readonly registrySecret: RegistrySecret;
  private readonly pullOptions: PullOptions;

  constructor(scope: Construct, id: string, props: PrivateRegistryProps) {
    super(scope, id);
    const { provider, credentials, ...pullOptions } = props;
    validateProvider(provider, this);
    validateCredentials(credentials, this);
    validatePullCheck(pullOptions.pullCheck, this);
    this.provider = provider;
    this.host = provider.host;
    this.pullOptions = pullOptions;
    this.registrySecret = credentials._bind(this, provider);
    this.secret = this.registrySecret.secret;
  }

  public image(reference: string, overrides: PullOptions = {}): PrivateRegistryImage {
    const image = new PrivateRegistryImage(reference, this.optionsOf(overrides));
    image._registry = this;
    return image;
  }

  public buildImage(image: codebuild.IBuildImage, overrides: PullOptions = {}): PrivateRegistryBuildImage {
    const buildImage = new PrivateRegistryBuildImage(image, this.optionsOf(overrides));
    buildImage._registry = this;
    return buildImage;
  }

  public dockerCredential(usages?: pipelines.DockerCredentialUsage[]): pipelines.DockerCredential {
    return dockerCredential(this.provider, this.registrySecret, (grantee) => this.grantPull(grantee), usages);
  }

  public grantPull(grantee: iam.IGrantable): iam.Grant {
    const { grantPrincipal } = grantee;
    if (!('roleArn' in grantPrincipal)) {
      return grantStatements(grantee, this.registrySecret.usedBy(this).statements);
    }
    const role = grantPrincipal as iam.IRole;
    const use = this.registrySecret.usedBy(role);
    this.registrySecret.addReader(role, use);
    return grantStatements(role, use.statements);
  }

  public ownerPolicies(): OwnerPolicies {
    return this.registrySecret.ownerPolicies(this);
  }

  /**
   * How every image of this registry is pulled.
   *
   * @internal
   */
  public _pull(): RegistryPull {
    return { ...this.optionsOf(), registry: this };
  }

  private optionsOf(overrides: PullOptions = {}): RegistryPull {
    return {
      ...overriddenBy(this.pullOptions, overrides),
      provider: this.provider,
      credentials: RegistryCredentials._bound(this.registrySecret),
    };
  }
}

/**
 * For callers without types.
 */
export function validateRegistry(registry: unknown, advice: string, scope: IConstruct): void {
  if (typeof (registry as IPrivateRegistry | undefined)?.image !== 'function') {
    throw invalid('invalidRegistry', `registry is ${kindOf(registry)}, expected a PrivateRegistry; ${advice}`, scope);
  }
}
