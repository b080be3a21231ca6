import { CfnResource, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { addAspect, appOf, authenticate, checkedStack, GHCR_SECRET_ARN, OWN_SECRET_ARN, plain, synthError, taskIn } from './support';
import { containersOf, IMAGE, resourcesOf } from '../support/synth';
import { expectTaskWaitsForPolicy } from '../support/tasks';

const SIDECAR = 'ghcr.io/acme/sidecar:1';
const PRIORITIES = [50, 200, 500, 1000];
const STABILIZATION = '@aws-cdk/core:aspectStabilization';

interface App {
  readonly stack: Stack;
  readonly task: ecs.TaskDefinition;
  /** The L1 behind the task definition. */
  readonly resource: ecs.CfnTaskDefinition;
  /** Stands for the service, which is visited after its task definition and before the last construct. */
  readonly service: IConstruct;
  readonly list: ecs.CfnTaskDefinition.ContainerDefinitionProperty[];
}

type Outcome = 'ok' | 'error' | 'ok or error';

interface Scenario {
  readonly name: string;
  /** What another Aspect does, once, when it visits that construct. */
  readonly at: (app: App) => IConstruct;
  readonly act: (app: App) => void;
  readonly stabilised: Outcome;
  /** With the flag `false`. */
  readonly onePass: Outcome;
  /** The images with our credentials. */
  readonly images?: string[];
}

const addSidecar = ({ task }: App) => void task.addContainer('sidecar', { image: plain(SIDECAR) });
const setImage = (image: string) => ({ resource }: App) => resource.addPropertyOverride('ContainerDefinitions.0.Image', image);

const SCENARIOS: Scenario[] = [
  { name: 'nothing', at: ({ task }) => task, act: () => {}, stabilised: 'ok', onePass: 'ok' },
  { name: 'adds a sidecar at the task definition', at: ({ task }) => task, act: addSidecar, stabilised: 'ok', onePass: 'ok or error', images: [IMAGE, SIDECAR] },
  { name: 'adds a sidecar at the app', at: ({ stack }) => appOf(stack), act: addSidecar, stabilised: 'ok', onePass: 'ok or error', images: [IMAGE, SIDECAR] },
  { name: 'adds a sidecar at the service', at: ({ service }) => service, act: addSidecar, stabilised: 'ok', onePass: 'ok', images: [IMAGE, SIDECAR] },
  { name: 'changes the image to one of the registry', at: ({ task }) => task, act: setImage(SIDECAR), stabilised: 'ok', onePass: 'error', images: [SIDECAR] },
  {
    name: 'changes the image to one of ECR',
    at: ({ task }) => task,
    act: setImage('111122223333.dkr.ecr.eu-west-1.amazonaws.com/x:1'),
    stabilised: 'ok',
    onePass: 'error',
    images: [],
  },
  { name: 'appends to the array of an L1', at: ({ service }) => service, act: ({ list }) => list.push({ name: 's', image: SIDECAR }), stabilised: 'ok', onePass: 'ok', images: [IMAGE, SIDECAR] },
  { name: 'prepends to the array of an L1', at: ({ service }) => service, act: ({ list }) => list.unshift({ name: 's', image: SIDECAR }), stabilised: 'ok', onePass: 'error', images: [IMAGE, SIDECAR] },
  { name: 'adds a task definition at the stack', at: ({ stack }) => stack, act: ({ stack }) => void taskIn(stack, SIDECAR, 'New'), stabilised: 'ok', onePass: 'ok or error', images: [IMAGE, SIDECAR] },
  { name: 'adds a task definition at the service', at: ({ service }) => service, act: ({ stack }) => void taskIn(stack, SIDECAR, 'New'), stabilised: 'ok', onePass: 'error', images: [IMAGE, SIDECAR] },
  {
    name: 'sets credentials itself',
    at: ({ service }) => service,
    act: ({ resource }) => resource.addPropertyOverride('ContainerDefinitions.0.RepositoryCredentials.CredentialsParameter', OWN_SECRET_ARN),
    stabilised: 'ok',
    onePass: 'ok',
    images: [],
  },
  {
    name: 'adds a container to the L1 by an override only',
    at: ({ task }) => task,
    act: ({ resource }) => resource.addPropertyOverride('ContainerDefinitions.1', { Name: 's', Image: SIDECAR }),
    stabilised: 'error',
    onePass: 'error',
  },
  {
    name: 'reads the list of containers, then adds a sidecar',
    at: ({ service }) => service,
    act: (app) => {
      app.stack.resolve(app.resource.containerDefinitions);
      addSidecar(app);
    },
    stabilised: 'error',
    onePass: 'error',
  },
];

const RUNS = PRIORITIES.flatMap((priority) => [true, false].map((isFirst) => ({ priority, isFirst })));
const CASES = SCENARIOS.flatMap((scenario) => [true, false].map((isStabilised) => ({
  ...scenario, isStabilised, outcome: isStabilised ? scenario.stabilised : scenario.onePass, mode: isStabilised ? 'stabilised' : 'in one pass',
})));

test.each(CASES)('another Aspect $name, $mode: $outcome, at every priority', (scenario) => {
  const { isStabilised, outcome, images = [IMAGE] } = scenario;
  const outcomes = RUNS.map(({ priority, isFirst }) => {
    const { app, roles } = runOf(scenario, priority, isFirst);
    const error = synthError(app.stack);
    if (error !== undefined) {
      expect(error).toMatch(/\[cdk-private-registry:(?:imageNotAuthenticated|imageChanged|containerLost)\]/);
      return 'error';
    }
    const authenticated = containersOf(app.stack).filter((one) => one.RepositoryCredentials?.CredentialsParameter === GHCR_SECRET_ARN);
    expect([...new Set(authenticated.map(({ Image }) => Image))].sort()).toEqual([...images].sort());
    const [pulled, own] = [containersOf(app.stack).filter(({ Image }) => Image.startsWith('ghcr.io/')), resourcesOf(app.stack, 'Custom::PrivateRegistryPullCheck')];
    expect(pulled.filter(({ RepositoryCredentials }) => RepositoryCredentials === undefined)).toEqual([]);
    expect(own.map(({ Properties }) => Properties.Image)).toEqual(expect.arrayContaining(images));
    if (images.length > 0 && outcome === 'ok') {
      expectTaskWaitsForPolicy(app.stack);
    }
    if (isStabilised) {
      expect(roles.size).toBe(resourcesOf(app.stack, 'AWS::IAM::Role').length);
    }
    return 'ok';
  });
  expect([...new Set(outcomes)].sort().reverse().join(' or ')).toMatch(outcome === 'ok or error' ? /^(?:ok|error|ok or error)$/ : new RegExp(`^${outcome}$`));
});

function runOf(
  { at, act, isStabilised, name }: Scenario & { isStabilised: boolean }, priority: number, isFirst: boolean,
): { app: App; roles: Set<iam.CfnRole> } {
  const stack = checkedStack(isStabilised ? {} : { [STABILIZATION]: false });
  const task = name.includes('array of an L1') ? undefined : taskIn(stack, IMAGE);
  const list = [{ name: 'app', image: IMAGE }];
  const resource = (task?.node.defaultChild ?? new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions: list })) as ecs.CfnTaskDefinition;
  const service = new CfnResource(stack, 'Service', { type: 'AWS::SNS::Topic' });
  new CfnResource(stack, 'Last', { type: 'AWS::SNS::Topic' });
  const app: App = { stack, task: task!, resource, service, list };
  const roles = new Set<iam.CfnRole>();
  let isDone = false;
  const visit = (construct: IConstruct) => {
    if (construct instanceof iam.CfnRole) {
      roles.add(construct);
    }
    if (construct === at(app) && !isDone) {
      isDone = true;
      act(app);
    }
  };
  const steps = [() => addAspect(appOf(stack), visit, priority), () => authenticate(appOf(stack))];
  (isFirst ? steps : steps.reverse()).forEach((step) => step());
  return { app, roles };
}
