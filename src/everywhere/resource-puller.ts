import { CfnResource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { earlyProperties, Place } from './places';
import { Puller, waitsOf } from '../access/puller';
import { rolePathOf } from '../consumers/consumers';
import { FinalResource } from '../image/final-resource';
import { FinalTask } from '../image/final-task';
import { jobPuller } from '../image/job-puller';
import { LateTokenFinder } from '../private/late-tokens';
import { overrideProperty } from '../private/scopes';
import { functionIn } from '../private/template-json';

const SERVICE = 'ecs-tasks.amazonaws.com';
const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';
const EXPRESS_SERVICE = 'AWS::ECS::ExpressGatewayService';
const JOB_DEFINITION = 'AWS::Batch::JobDefinition';
/** What can name a role, without a choice. */
const REFERENCES = ['Ref', 'Fn::GetAtt', 'Fn::Sub', 'Fn::Join'];

/**
 * A container of a resource as it ends up in the template.
 */
class FinalContainer extends FinalResource {
  constructor(resource: CfnResource, private readonly path: string, private readonly rolePath: string, private readonly roleArn: unknown) {
    super(resource);
  }

  public pulls(image: string, credentialsParameter: string): boolean {
    return this.isPull(this.read(this.path), image, credentialsParameter);
  }

  public keepsRole(): boolean {
    return this.isSame(this.finalRoleArn(), this.roleArn);
  }

  public finalRoleArn(): unknown {
    return this.read(this.rolePath);
  }
}

/**
 * A container of a resource without a construct around it as a puller.
 */
export function resourcePuller(resource: CfnResource, place: Place): Puller {
  const { consumer, path } = place;
  const type = resource.cfnResourceType;
  // Whatever waits for the resource waits for its children: a policy among them would close a cycle.
  const images = childOf(resource.node.scope!, `${resource.node.id}Images`);
  const rolePath = rolePathOf(consumer, path);
  const role = roleOf(resource, images, rolePath);
  const ownsRole = role.node.scope === images;
  const scope = childOf(images, path.replace(/\W+/g, '-'));
  const roleArn = valueAt(resource, rolePath);
  if (type === JOB_DEFINITION) {
    return jobPuller({ job: resource, path, scope, role, ownsRole, roleArn });
  }
  const task = type === TASK_DEFINITION ? new FinalTask(resource) : undefined;
  const container = new FinalContainer(resource, path, rolePath, roleArn);
  return {
    ...waitsOf(resource),
    scope,
    role,
    ownsRole,
    service: SERVICE,
    engine: () => task ? task.engine() : type === EXPRESS_SERVICE ? 'containerd' : undefined,
    platform: () => task?.platform(),
    pulls: (image, credentialsParameter) => (task ?? container).pulls(image, credentialsParameter),
    keepsRole: () => container.keepsRole(),
    roleArn: () => container.finalRoleArn(),
    label: (key, value) => {
      if (task) {
        overrideProperty(resource, [...path.split('.'), 'DockerLabels', key], value);
      }
    },
  };
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
  const given = valueAt(resource, path);
  if (given === undefined || given === '') {
    const role = new iam.Role(images, id, { assumedBy: new iam.ServicePrincipal(SERVICE) });
    overrideProperty(resource, path.split('.'), role.roleArn);
    return role;
  }
  const ofApp = roleOfApp(resource, given);
  if (ofApp) {
    const { scope } = ofApp.node;
    // By its name, since it can have a path that the ARN does not show.
    return iam.Role.isRole(scope) ? scope as iam.Role : iam.Role.fromRoleName(imported, id, ofApp.ref);
  }
  const text = Token.asString(given);
  // ECS also accepts a name. From a token, aws-cdk-lib would take the first element of the role's path for its name.
  const name = Token.isUnresolved(text) ? nameAtEndOf(resource, text) : text.startsWith('arn:') ? undefined : text;
  return name === undefined ? iam.Role.fromRoleArn(imported, id, text) : iam.Role.fromRoleName(imported, id, name);
}

/**
 * The role of the app that a value names, also within a text.
 */
function roleOfApp(resource: CfnResource, value: unknown): iam.CfnRole | undefined {
  const finder = new LateTokenFinder();
  const resolved = finder.resolve(resource, value);
  const roles = new Set(finder.targets.filter((target): target is iam.CfnRole => target instanceof iam.CfnRole));
  const isChosen = !REFERENCES.includes(functionIn(resolved) ?? '') || JSON.stringify(resolved).includes('"Fn::If"');
  return isChosen || roles.size !== 1 ? undefined : [...roles][0];
}

/**
 * The name of a role whose ARN has tokens, if nothing of the name is one.
 */
function nameAtEndOf(resource: CfnResource, arn: string): string | undefined {
  const value = new LateTokenFinder().resolve(resource, arn);
  const end = typeof value === 'string' ? value : [value?.['Fn::Sub']].flat()[0] ?? [value?.['Fn::Join']].flat(2).pop();
  return typeof end === 'string' ? /\/([\w+=,.@-]+)$/.exec(end)?.[1] : undefined;
}

/** With all branches of `Fn::If`. */
function valueAt(resource: CfnResource, path: string): unknown {
  return path.split('.').reduce((outer, key) => outer?.[key], earlyProperties(resource));
}

function childOf(scope: IConstruct, id: string): Construct {
  return (scope.node.tryFindChild(id) ?? new Construct(scope as Construct, id)) as Construct;
}
