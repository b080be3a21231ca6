/**
 * A place in the properties of a CloudFormation resource where it names an image, and the credentials to pull it with.
 *
 * A path is property names with dots in between. `*` stands for each element of a list.
 */
export interface ImageConsumer {
  /** The type of the resource. */
  readonly type: string;
  /** The path to the container, from the properties of the resource. */
  readonly container: string;
  /** The property of the container with the image. */
  readonly image: string;
  /** The path to what names the secret, from the container. */
  readonly credentials: string;
  /** The path to the ARN of the role that reads the secret, from the properties. Its `*` are the first ones of `container`. */
  readonly role: string;
}

/**
 * A place where a resource names an image that it does not pull with a secret.
 */
export interface ImageWithoutCredentials {
  readonly type: string;
  /** The path to the image, from the properties of the resource. */
  readonly image: string;
  /** Where the service pulls from, for people: the end of "pulls ...". */
  readonly pulls: string;
}

const ECS_CREDENTIALS = { image: 'Image', credentials: 'RepositoryCredentials.CredentialsParameter' };
const JOB = { type: 'AWS::Batch::JobDefinition', ...ECS_CREDENTIALS };

/**
 * Everything in CloudFormation that pulls images with a secret.
 */
export const IMAGE_CONSUMERS: readonly ImageConsumer[] = [
  { type: 'AWS::ECS::TaskDefinition', container: 'ContainerDefinitions.*', ...ECS_CREDENTIALS, role: 'ExecutionRoleArn' },
  { type: 'AWS::ECS::DaemonTaskDefinition', container: 'ContainerDefinitions.*', ...ECS_CREDENTIALS, role: 'ExecutionRoleArn' },
  { type: 'AWS::ECS::ExpressGatewayService', container: 'PrimaryContainer', ...ECS_CREDENTIALS, role: 'ExecutionRoleArn' },
  { ...JOB, container: 'ContainerProperties', role: 'ContainerProperties.ExecutionRoleArn' },
  { ...JOB, container: 'EcsProperties.TaskProperties.*.Containers.*', role: 'EcsProperties.TaskProperties.*.ExecutionRoleArn' },
  { ...JOB, container: 'NodeProperties.NodeRangeProperties.*.Container', role: 'NodeProperties.NodeRangeProperties.*.Container.ExecutionRoleArn' },
  {
    ...JOB,
    container: 'NodeProperties.NodeRangeProperties.*.EcsProperties.TaskProperties.*.Containers.*',
    role: 'NodeProperties.NodeRangeProperties.*.EcsProperties.TaskProperties.*.ExecutionRoleArn',
  },
  { type: 'AWS::CodeBuild::Project', container: 'Environment', image: 'Image', credentials: 'RegistryCredential.Credential', role: 'ServiceRole' },
];

/**
 * The path to the role of a container, with the elements of the path to the container in place of `*`.
 */
export function rolePathOf({ container, role }: ImageConsumer, path: string): string {
  const names = container.split('.');
  const elements = path.split('.').filter((_, index) => names[index] === '*');
  return role.replace(/\*/g, () => elements.shift()!);
}

const FROM_ECR = 'only from Amazon ECR, with a role';
const FROM_PUBLIC = 'from Amazon ECR with a role, and from public repositories';
const FROM_SAGEMAKER = 'from Amazon ECR with a role, and from a registry in a VPC with credentials that a Lambda function returns';
const FROM_KUBERNETES = 'with Kubernetes secrets (ImagePullSecrets)';
const POD = 'PodProperties.Containers.*.Image';
const INIT = 'PodProperties.InitContainers.*.Image';

/**
 * What else in CloudFormation pulls images of its users.
 */
export const IMAGES_WITHOUT_CREDENTIALS: readonly ImageWithoutCredentials[] = [
  { type: 'AWS::Lambda::Function', image: 'Code.ImageUri', pulls: FROM_ECR },
  { type: 'AWS::Serverless::Function', image: 'ImageUri', pulls: FROM_ECR },
  { type: 'AWS::AppRunner::Service', image: 'SourceConfiguration.ImageRepository.ImageIdentifier', pulls: FROM_ECR },
  { type: 'AWS::Lightsail::Container', image: 'ContainerServiceDeployment.Containers.*.Image', pulls: FROM_PUBLIC },
  { type: 'AWS::EMRServerless::Application', image: 'ImageConfiguration.ImageUri', pulls: FROM_ECR },
  { type: 'AWS::BedrockAgentCore::Runtime', image: 'AgentRuntimeArtifact.ContainerConfiguration.ContainerUri', pulls: FROM_ECR },
  { type: 'AWS::BedrockAgentCore::Harness', image: 'EnvironmentArtifact.ContainerConfiguration.ContainerUri', pulls: FROM_ECR },
  { type: 'AWS::GameLift::ContainerGroupDefinition', image: 'GameServerContainerDefinition.ImageUri', pulls: FROM_ECR },
  { type: 'AWS::GameLift::ContainerGroupDefinition', image: 'SupportContainerDefinitions.*.ImageUri', pulls: FROM_ECR },
  { type: 'AWS::SageMaker::Model', image: 'PrimaryContainer.Image', pulls: FROM_SAGEMAKER },
  { type: 'AWS::SageMaker::Model', image: 'Containers.*.Image', pulls: FROM_SAGEMAKER },
  { type: JOB.type, image: `EksProperties.${POD}`, pulls: FROM_KUBERNETES },
  { type: JOB.type, image: `EksProperties.${INIT}`, pulls: FROM_KUBERNETES },
  { type: JOB.type, image: `NodeProperties.NodeRangeProperties.*.EksProperties.${POD}`, pulls: FROM_KUBERNETES },
  { type: JOB.type, image: `NodeProperties.NodeRangeProperties.*.EksProperties.${INIT}`, pulls: FROM_KUBERNETES },
];
