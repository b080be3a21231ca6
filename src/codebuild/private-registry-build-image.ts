import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { Construct, IConstruct } from 'constructs';
import { projectPuller } from './project-puller';
import { preparePull } from '../image/prepare-pull';
import { PrivateRegistryImageOptions, validProvider } from '../image/private-registry-image';
import { invalid, kindOf } from '../private/errors';
import { RegistryProvider } from '../provider/registry-provider';

/**
 * A build image of a private registry, for every CodeBuild project.
 *
 * It wraps any build image of aws-cdk-lib: Linux, ARM, GPU, Windows or macOS. The role of the project is allowed to read the secret
 * and to decrypt it, and the project waits for a pull check. What engine CodeBuild pulls with is not public. So a deployment fails
 * only if the secret, the image or its platform is missing, or if the registry refuses the credentials or the pull. The platform is
 * checked for Linux containers.
 *
 * To start a build with another image (`imageOverride`), pass `registryCredentialOverride` too.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-private-registry.html
 *
 * @example
 * new codebuild.Project(this, 'Build', {
 *   buildSpec: codebuild.BuildSpec.fromSourceFilename('buildspec.yml'),
 *   source: codebuild.Source.gitHub({ owner: 'acme', repo: 'api' }),
 *   environment: {
 *     buildImage: new PrivateRegistryBuildImage(codebuild.LinuxArmBuildImage.fromDockerRegistry('ghcr.io/acme/build:1.4.2'), {
 *       credentials: RegistryCredentials.fromSecretName('ghcr-pull'),
 *     }),
 *   },
 * });
 */
export class PrivateRegistryBuildImage implements codebuild.IBindableBuildImage {
  /**
   * The type of the build environment.
   *
   * @jsii suppress JSII5018 The name is that of aws-cdk-lib.
   */
  public readonly type: string;

  /**
   * The name of the image, as you wrote it.
   */
  public readonly imageId: string;

  /**
   * The compute type of a project that sets none.
   */
  public readonly defaultComputeType: codebuild.ComputeType;

  /**
   * CodeBuild pulls with the role of the project, since it accepts no credentials otherwise.
   */
  public readonly imagePullPrincipalType?: codebuild.ImagePullPrincipalType = codebuild.ImagePullPrincipalType.SERVICE_ROLE;

  /**
   * The construct that the image is from. Its pull check waits for what that was made to wait for.
   *
   * @internal
   */
  public _registry?: IConstruct;

  private readonly provider: RegistryProvider;

  /**
   * Throws if the image is not in the registry that the credentials are for, if CodeBuild or Amazon ECR provides it, or if it has
   * credentials of its own.
   *
   * @param image the build image, for example `codebuild.LinuxBuildImage.fromDockerRegistry('ghcr.io/acme/build:1.4.2')`
   * @param options the credentials, and how the image is pulled
   */
  constructor(private readonly image: codebuild.IBuildImage, private readonly options: PrivateRegistryImageOptions) {
    validateImage(image);
    this.type = image.type;
    this.imageId = image.imageId;
    this.defaultComputeType = image.defaultComputeType;
    this.provider = validProvider(image.imageId, options);
  }

  /**
   * Called by aws-cdk-lib for each project that uses the image.
   */
  public bind(scope: Construct, project: codebuild.IProject, options: codebuild.BuildImageBindOptions): codebuild.BuildImageConfig {
    const resource = project.node.defaultChild as codebuild.CfnProject;
    const { image, credentialsParameter } = preparePull(projectPuller(scope, project), {
      ...this.options, reference: this.imageId, provider: this.provider, registry: this._registry,
    });
    resource.environment = {
      // Rendered by aws-cdk-lib just now.
      ...resource.environment as codebuild.CfnProject.EnvironmentProperty,
      image,
      registryCredential: { credentialProvider: 'SECRETS_MANAGER', credential: credentialsParameter },
    };
    return isBindable(this.image) ? this.image.bind(scope, project, options) : {};
  }

  /**
   * What the wrapped build image finds wrong with the build environment.
   */
  public validate(buildEnvironment: codebuild.BuildEnvironment): string[] {
    return this.image.validate(buildEnvironment);
  }

  /**
   * The build specification of the wrapped build image that runs a script.
   */
  public runScriptBuildspec(entrypoint: string): codebuild.BuildSpec {
    return this.image.runScriptBuildspec(entrypoint);
  }
}

function isBindable(image: codebuild.IBuildImage): image is codebuild.IBindableBuildImage {
  return 'bind' in image;
}

function validateImage(image: codebuild.IBuildImage): void {
  // For callers without types.
  if (typeof image?.imageId !== 'string') {
    throw invalid('invalidBuildImage',
      `the build image is ${kindOf(image)}, expected one of aws-cdk-lib; write for example codebuild.LinuxBuildImage.fromDockerRegistry("ghcr.io/acme/build:1.4.2")`);
  }
  const { imageId, imagePullPrincipalType, repository, secretsManagerCredentials } = image;
  const name = JSON.stringify(imageId);
  // Of an image in ECR, account and Region are often tokens.
  if (repository !== undefined || imageId.includes('.dkr.ecr.')) {
    throw invalid('ecrImage',
      `the build image ${name} is in Amazon ECR, which CodeBuild pulls from with the role of the project and without credentials; use the build image as it is`);
  }
  if (imagePullPrincipalType === codebuild.ImagePullPrincipalType.CODEBUILD || imageId.startsWith('aws/codebuild/')) {
    throw invalid('curatedBuildImage',
      `the build image ${name} is one that CodeBuild provides, or is pulled with credentials of CodeBuild, so it is in no registry of yours; `
      + 'use the build image as it is, or an image that was made with fromDockerRegistry()');
  }
  if (secretsManagerCredentials !== undefined) {
    throw invalid('credentialsAmbiguous',
      `the build image ${name} has secretsManagerCredentials, and its registry has credentials too; remove secretsManagerCredentials`);
  }
}
