import { App, AspectPriority, Aspects, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { PrivateRegistries, RegistryCredentials, RegistryProvider } from '../../src';
import { CHECKED, ENV, newApp, SECRET_ARN } from '../support/synth';
import { CREDENTIALS } from '../support/tasks';

export const HUB_SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub/pull-d4E5f6';
export const HUB_CREDENTIALS = RegistryCredentials.fromSecretCompleteArn(HUB_SECRET_ARN);
export const OWN_SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:own/pull-a9B8c7';
/** Of an execution role. */
export const TRUST = { Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
export { SECRET_ARN as GHCR_SECRET_ARN };

export function checkedStack(context: Record<string, unknown> = {}): Stack {
  return new Stack(newApp({ ...CHECKED, ...context }), 'Stack', { env: ENV });
}

/** One statement for both registries. */
export function authenticate(scope: IConstruct): PrivateRegistries {
  return PrivateRegistries.of(scope)
    .add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS })
    .add({ provider: RegistryProvider.DOCKER_HUB, credentials: HUB_CREDENTIALS });
}

export function appOf(stack: Stack): App {
  return stack.node.root as App;
}

export function plain(reference: string): ecs.ContainerImage {
  return ecs.ContainerImage.fromRegistry(reference);
}

export function taskIn(scope: IConstruct, image: string, id = 'Task'): ecs.FargateTaskDefinition {
  const task = new ecs.FargateTaskDefinition(scope as Stack, id);
  task.addContainer('app', { image: plain(image) });
  return task;
}

export function onVisit(visit: (construct: IConstruct) => void): { visit: (construct: IConstruct) => void } {
  return { visit };
}

/** An Aspect of somebody else. */
export function addAspect(scope: IConstruct, visit: (construct: IConstruct) => void, priority: number = AspectPriority.DEFAULT): void {
  Aspects.of(scope).add(onVisit(visit), { priority });
}

/** What the containers of all task definitions pull, and with which secret. */
export function pullsOf(stack: Stack): Record<string, unknown> {
  const tasks = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(tasks.flatMap(({ Properties }) => Properties.ContainerDefinitions.map((container: any) => (
    [container.Image, container.RepositoryCredentials?.CredentialsParameter]
  ))));
}

/** Synthesizes all of the app, as the command line does. */
export function synthError(stack: Stack): string | undefined {
  try {
    appOf(stack).synth();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function stageIn(app: App, id: string): { readonly stage: Stage; readonly stack: Stack } {
  const stage = new Stage(app, id, { env: ENV });
  return { stage, stack: new Stack(stage, 'Stack') };
}
