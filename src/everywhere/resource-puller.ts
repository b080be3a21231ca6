import { CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, Dependable, IConstruct } from 'constructs';
import { earlyProperties, Place, placesIn, valuesAt } from './places';
import { Puller } from '../access/puller';
import { FinalTask } from '../image/final-task';
import { declaredDependencies, waitFor, waitUnlessCyclic } from '../private/late-dependencies';

const SERVICE = 'ecs-tasks.amazonaws.com';
const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';
const EXPRESS_SERVICE = 'AWS::ECS::ExpressGatewayService';

/**
 * A container of a resource without a construct around it as a puller.
 */
export function resourcePuller(resource: CfnResource, place: Place): Puller {
  // Whatever waits for the resource waits for its children: a policy among them would close a cycle.
  const images = childOf(resource.node.scope!, `${resource.node.id}Images`);
  const rolePath = rolePathOf(place);
  const role = roleOf(resource, images, rolePath);
  const roleArn = roleArnOf(resource, rolePath);
  const task = new FinalTask(resource);
  const isTask = resource.cfnResourceType === TASK_DEFINITION;
  return {
    scope: childOf(images, place.path.replace(/\W+/g, '-')),
    resource,
    role,
    service: SERVICE,
    engine: () => isTask ? task.engine() : resource.cfnResourceType === EXPRESS_SERVICE ? 'containerd' : undefined,
    platform: () => isTask ? task.platform() : undefined,
    pulls: (image, credentialsParameter) => isTask ? task.pulls(image, credentialsParameter) : pulls(task, place, [image, credentialsParameter]),
    keepsRole: () => roleArnOf(resource, rolePath) === roleArn,
    dependencies: () => declaredDependencies(resource),
    waitFor: (dependency) => waitFor(resource, dependency),
    waitUnlessCyclic: (dependency) => waitUnlessCyclic(resource, () => Dependable.of(dependency).dependencyRoots),
    label: (key, value) => {
      if (isTask) {
        resource.addPropertyOverride(`${place.path}.DockerLabels.${key.replace(/\./g, '\\.')}`, value);
      }
    },
  };
}

/**
 * Whether the container has this image and these credentials.
 */
function pulls(task: FinalTask, { consumer, path }: Place, values: string[]): boolean {
  const [name] = path.split('.');
  return placesIn(consumer.type, { [name]: task.property(name) })
    .some((place) => task.isSame([place.container.Image, place.container.RepositoryCredentials?.CredentialsParameter], values));
}

/** Without the containers beside it, which can refer to the pull check. */
function roleArnOf(resource: CfnResource, path: string): unknown {
  const arn = valuesAt(earlyProperties(resource), path)[0]?.value;
  return typeof arn === 'object' ? JSON.stringify(arn) : arn;
}

/**
 * The role that a resource names, or a new one.
 */
function roleOf(resource: CfnResource, images: Construct, path: string): iam.IRole {
  const id = `ExecutionRole${path === 'ExecutionRoleArn' ? '' : path.replace(/\W+/g, '-')}`;
  // An imported role gets a policy for the pull alone, unlike one that is made beside the containers.
  const imported = childOf(images, 'Imported');
  const known = images.node.tryFindChild(id) ?? imported.node.tryFindChild(id);
  if (known) {
    return known as iam.Role;
  }
  const given = valuesAt(earlyProperties(resource), path)[0]?.value;
  if (given === undefined) {
    const role = new iam.Role(images, id, { assumedBy: new iam.ServicePrincipal(SERVICE) });
    resource.addPropertyOverride(path, role.roleArn);
    return role;
  }
  const text = Token.asString(given);
  const token = Tokenization.reverseString(text).firstToken;
  if (token && Reference.isReference(token) && token.target instanceof iam.CfnRole) {
    const { scope } = token.target.node;
    // By its name, since it can have a path that the ARN does not show.
    return iam.Role.isRole(scope) ? scope as iam.Role : iam.Role.fromRoleName(imported, id, token.target.ref);
  }
  // ECS also accepts a name.
  const isArn = Token.isUnresolved(text) || text.startsWith('arn:');
  return isArn ? iam.Role.fromRoleArn(imported, id, text) : iam.Role.fromRoleName(imported, id, text);
}

/**
 * The path to the role, with the elements of the path to the container.
 */
function rolePathOf({ consumer, path }: Place): string {
  const indexes = path.split('.').filter((_, index) => consumer.container.split('.')[index] === '*');
  return consumer.role.replace(/\*/g, () => indexes.shift()!);
}

function childOf(scope: IConstruct, id: string): Construct {
  return (scope.node.tryFindChild(id) ?? new Construct(scope as Construct, id)) as Construct;
}
