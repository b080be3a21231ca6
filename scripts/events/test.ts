import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnParameter, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { PullFailure } from '../../src';
import { DeployedStacks } from '../../test/support/deployed-stack';
import { EVENT_SHAPES, Place } from '../../test/watch/event-shapes';
import { Checks } from '../checks';
import { run, scratchDirectory } from '../run';

/** A rule as it is deployed, and the family that it is for. */
interface Rule {
  readonly name: string;
  readonly family: string;
  readonly place: Place;
  readonly pattern: object;
}

const IRELAND: Place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const BEIJING: Place = { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' };
const GOVCLOUD: Place = { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '111122223333' };

/** The matcher that AWS publishes: https://github.com/aws/event-ruler */
const MATCHER = join(__dirname, 'matcher');

const RULES: Rule[] = [
  rule('a task definition in a stack with account and Region', IRELAND, (stack) => task(stack)),
  rule('a task definition in a stack without env', IRELAND, (stack) => task(stack), {}),
  rule('a task definition in China, in a stack without env', BEIJING, (stack) => task(stack), {}),
  rule('a task definition in GovCloud', GOVCLOUD, (stack) => task(stack)),
  rule('a family of one\'s own', IRELAND, (stack) => task(stack, 'api')),
  rule('a family that is a parameter', IRELAND, (stack) => task(stack, new CfnParameter(stack, 'Family', { default: 'api' }).valueAsString)),
  rule('a family that is an override', IRELAND, (stack) => {
    const overridden = task(stack);
    (overridden.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('Family', 'api');
    return overridden;
  }),
  rule('a resource without a family', IRELAND, (stack) => {
    const resource = new ecs.CfnTaskDefinition(stack, 'Resource', { containerDefinitions: [{ name: 'app', image: 'ghcr.io/acme/api:1.4.2' }] });
    return ecs.TaskDefinition.fromTaskDefinitionArn(stack, 'Imported', resource.ref);
  }),
  rule('an ARN that was imported', GOVCLOUD, (stack) => (
    ecs.TaskDefinition.fromTaskDefinitionArn(stack, 'Imported', 'arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/api:12')
  )),
];

function rule(name: string, place: Place, define: (stack: Stack) => ecs.ITaskDefinition, env: Environment = place): Rule {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Apps', { env });
  const others = Array.from({ length: 3 }, (_, index) => task(stack, `another-${index}`, `Another${index}`));
  new events.Rule(stack, 'CannotPull', { eventPattern: PullFailure.eventPattern(...others, define(stack)) });

  const deployed = new DeployedStacks([{ ...place, template: Template.fromStack(stack).toJSON(), stackName: 'Apps' }]);
  const [{ properties: { EventPattern: pattern } }] = deployed.resources('AWS::Events::Rule');
  const definition = deployed.resources('AWS::ECS::TaskDefinition').find(({ properties: { Family = '' } }) => !Family.startsWith('another-'));
  const family = definition?.physicalId.replace(/^.*\/|:\d+$/g, '') ?? 'api';
  return { name, family, place, pattern };
}

function task(stack: Stack, family?: string, id = 'Task'): ecs.TaskDefinition {
  const definition = new ecs.FargateTaskDefinition(stack, id, { family });
  definition.addContainer('app', { image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/api:1.4.2') });
  return definition;
}

/** Whether each rule matches each event. */
function ask(directory: string): boolean[][] {
  cpSync(MATCHER, directory, { recursive: true });
  const questions = RULES.map(({ pattern, family, place }) => ({ pattern, events: EVENT_SHAPES.map(({ event }) => event(family, place)) }));
  writeFileSync(join(directory, 'questions.json'), JSON.stringify(questions));
  run('mvn', ['--quiet', '--batch-mode', 'compile', 'exec:java', '-Dexec.args=questions.json answers.json'], { cwd: directory });
  return JSON.parse(readFileSync(join(directory, 'answers.json'), 'utf8'));
}

const scratch = scratchDirectory();
const checks = new Checks();
try {
  const answers = ask(scratch);
  RULES.forEach(({ name }, index) => {
    console.log(`\n${name}`);
    EVENT_SHAPES.forEach(({ what, matches }, number) => checks.check(what, () => {
      const matched = answers[index][number];
      if (matched !== matches) {
        throw new Error(`the rule ${matched ? 'matches' : 'does not match'} it`);
      }
      return matched ? 'matches' : 'does not match';
    }));
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
checks.finish();
