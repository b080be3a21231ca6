import { CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, Dependable, IConstruct } from 'constructs';
import { earlyProperties, Place, placesIn, valuesAt } from './places';
import { Puller } from '../access/puller';
import { FinalTask } from '../image/final-task';
import { declaredDependencies, waitFor, waitUnlessCyclic } from '../private/late-dependencies';
import { propertiesInTemplate } from '../private/scopes';

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
  const task = resource.cfnResourceType === TASK_DEFINITION ? new FinalTask(resource) : undefined;
  const role = roleOf(resource, images, rolePath);
  const roleArn = valuesAt(earlyProperties(resource), rolePath)[0].value;
  const isSame = (one: unknown, other: unknown) => JSON.stringify(Stack.of(resource).resolve(one)) === JSON.stringify(Stack.of(resource).resolve(other));
  return {
    scope: childOf(images, place.path.replace(/\W+/g, '-')),
    resource,
    role,
    service: SERVICE,
    engine: () => task ? task.engine() : resource.cfnResourceType === EXPRESS_SERVICE ? 'containerd' : undefined,
    platform: () => task?.platform(),
    pulls: (image, credentialsParameter) => task ? task.pulls(image, credentialsParameter) : (
      placesIn(resource.cfnResourceType, propertiesInTemplate(resource)).some(({ container }) => (
        isSame(container.Image, image) && isSame(container.RepositoryCredentials?.CredentialsParameter, credentialsParameter)
      ))
    ),
    keepsRole: () => isSame(valuesAt(propertiesInTemplate(resource), rolePath)[0]?.value, roleArn),
    dependencies: () => declaredDependencies(resource),
    waitFor: (dependency) => waitFor(resource, dependency),
    waitUnlessCyclic: (dependency) => waitUnlessCyclic(resource, () => Dependable.of(dependency).dependencyRoots),
    label: (key, value) => {
      if (resource.cfnResourceType === TASK_DEFINITION) {
        resource.addPropertyOverride(`${place.path}.DockerLabels.${key.replace(/\./g, '\\.')}`, value);
      }
    },
  };
}

/**
 * The role that a resource names, or a new one.
 */
function roleOf(resource: CfnResource, images: Construct, path: string): iam.IRole {
  const id = `ExecutionRole${path === 'ExecutionRoleArn' ? '' : path.replace(/\W+/g, '-')}`;
  const known = images.node.tryFindChild(id);
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
    return iam.Role.isRole(scope) ? scope as iam.Role : iam.Role.fromRoleName(images, id, token.target.ref);
  }
  // ECS also accepts a name.
  return Token.isUnresolved(text) || text.startsWith('arn:') ? iam.Role.fromRoleArn(images, id, text) : iam.Role.fromRoleName(images, id, text);
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
