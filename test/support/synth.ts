import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, AppProps, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export const ENV = { account: '111122223333', region: 'eu-west-1' };
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
export const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-1111-2222-3333-444444444444';
export const IMAGE = 'ghcr.io/acme/api:1.4.2';

const CDK = dirname(require.resolve('aws-cdk-lib/package.json'));
const RECOMMENDED_FLAGS = JSON.parse(readFileSync(join(CDK, 'recommended-feature-flags.json'), 'utf8'));

export const FLAG_SETS: Array<[name: string, flags: Record<string, unknown>]> = [
  ['no feature flags', {}],
  ['the recommended feature flags', RECOMMENDED_FLAGS],
];

const PULL_CHECK_MODE = 'cdk-private-registry:pullCheckMode';

/**
 * Most tests look at what there is beside the pull check, and leave it out; with this context it is as users have it.
 */
export const CHECKED = { [PULL_CHECK_MODE]: undefined };

export function newApp(flags: Record<string, unknown> = {}, props: AppProps = {}): App {
  return new App({ analyticsReporting: false, treeMetadata: false, ...props, context: { [PULL_CHECK_MODE]: 'OFF', ...flags, ...props.context } });
}

export function newStack(flags: Record<string, unknown> = {}, env: Environment | undefined = ENV): Stack {
  return new Stack(newApp(flags), 'Stack', { env });
}

/** The template as CloudFormation gets it. */
export function templateOf(stack: Stack): any {
  return Template.fromStack(stack).toJSON();
}

export function resourcesOf(stack: Stack, type: string): any[] {
  return Object.values(Template.fromStack(stack).findResources(type));
}

/** The warnings of a stack, as the user reads them. */
export function warningsOf(stack: Stack): string[] {
  const entries = stack.node.findAll().flatMap((construct) => construct.node.metadata);
  return entries.filter((entry) => entry.type === 'aws:cdk:warning').map((entry) => String(entry.data));
}

/** The ids of our own warnings. */
export function warningIdsOf(stack: Stack): string[] {
  return warningsOf(stack).flatMap((text) => /\[ack: cdk-private-registry:(\w+)\]/.exec(text)?.[1] ?? []);
}

/** The statements of every policy of a stack. */
export function statementsOf(stack: Stack): any[] {
  return resourcesOf(stack, 'AWS::IAM::Policy').flatMap((policy) => policy.Properties.PolicyDocument.Statement);
}

/** The statements that let somebody read or decrypt the secret. */
export function pullStatementsOf(stack: Stack): any[] {
  return statementsOf(stack).filter(({ Action }) => [Action].flat().some((action: string) => /^(?:secretsmanager|kms):/.test(action)));
}

/** The containers of every task definition of a stack. */
export function containersOf(stack: Stack): any[] {
  return resourcesOf(stack, 'AWS::ECS::TaskDefinition').flatMap((task) => task.Properties.ContainerDefinitions);
}

/** What every container of a stack gives ECS as `repositoryCredentials`. */
export function credentialsParametersOf(stack: Stack): any[] {
  return containersOf(stack).map((container) => container.RepositoryCredentials?.CredentialsParameter);
}
