import { Token } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { FinalResource } from '../image/final-resource';

const ANY = { computeType: 'any', image: 'any' };

/** The other properties that a project must have. */
const REQUIRED: codebuild.CfnProjectProps = {
  artifacts: { type: 'NO_ARTIFACTS' }, environment: { ...ANY, type: 'any' }, serviceRole: 'none', source: { type: 'NO_SOURCE' },
};

/** On fleets of instances, and for Windows and macOS, more than the type decides. */
const PLATFORMS: Readonly<Record<string, string>> = {
  LINUX_CONTAINER: 'linux/amd64', LINUX_GPU_CONTAINER: 'linux/amd64', ARM_CONTAINER: 'linux/arm64',
};

/**
 * A build project as it ends up in the template.
 */
export class FinalProject extends FinalResource {
  private readonly serviceRole: unknown;

  constructor(private readonly project: codebuild.CfnProject) {
    super(project, REQUIRED);
    this.serviceRole = this.given('ServiceRole');
  }

  /**
   * The platform, if the type of the environment has only one.
   */
  public platform(): string | undefined {
    const { environment } = this.project;
    // The image can be what the check finds, whose own properties this is for.
    const type = this.read('Environment.Type', isKnown(environment) ? { ...ANY, type: environment.type } : environment);
    return PLATFORMS[type];
  }

  /**
   * Whether the builds certainly run in this image, pulled with these credentials.
   */
  public pulls(image: string, credential: string): boolean {
    return this.isSame(this.read('Environment.Image'), image) && this.isSame(this.read('Environment.RegistryCredential.Credential'), credential);
  }

  /**
   * Whether the role is still that of the construct.
   */
  public keepsRole(): boolean {
    return this.isStillGiven('ServiceRole', this.serviceRole);
  }

  public finalRoleArn(): unknown {
    return this.read('ServiceRole');
  }
}

function isKnown(environment: codebuild.CfnProject['environment']): environment is codebuild.CfnProject.EnvironmentProperty {
  return !Token.isUnresolved(environment);
}
