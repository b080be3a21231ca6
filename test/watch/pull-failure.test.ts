import { Aspects, CfnParameter, Environment, Fn, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EVENT_SHAPES } from './event-shapes';
import { PrivateRegistryFargateService, PullFailure } from '../../src';
import { DeployedStacks } from '../support/deployed-stack';
import { expectError, expectSynthError, expectWarning } from '../support/errors';
import { ENV, IMAGE, newApp, newStack, resourcesOf, templateOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask } from '../support/tasks';

const RAW = ecs.ContainerImage.fromRegistry(IMAGE);
const OURS = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/';

function task(scope: Construct, family?: string, id = 'Task'): ecs.FargateTaskDefinition {
  return defineTask(scope, RAW, { family }, id);
}

function resourceOf(definition: ecs.TaskDefinition): ecs.CfnTaskDefinition {
  return definition.node.defaultChild as ecs.CfnTaskDefinition;
}

function addRule(scope: Construct, ...definitions: ecs.ITaskDefinition[]): events.Rule {
  return new events.Rule(scope, 'CannotPull', { eventPattern: PullFailure.eventPattern(...definitions) });
}

/** What the ARNs of the rule begin with when the stacks are deployed. */
function prefixesOf(...stacks: Stack[]): string[] {
  const deployed = new DeployedStacks(stacks.map((stack) => ({ ...ENV, template: templateOf(stack), stackName: stack.stackName })));
  return deployed.resources('AWS::Events::Rule').flatMap(({ properties }) => properties.EventPattern.detail.taskDefinitionArn.map(({ prefix }: any) => prefix));
}

describe('the family', () => {
  test.each<[what: string, define: (stack: Stack) => ecs.ITaskDefinition, family: string]>([
    ['that the CDK makes', (stack) => task(stack), 'StackTask34B8EBFF'],
    ['of the task definition', (stack) => task(stack, 'api'), 'api'],
    ['that is a parameter', (stack) => task(stack, new CfnParameter(stack, 'Family', { default: 'api' }).valueAsString), 'api'],
    ['with a parameter in it', (stack) => task(stack, `api-${new CfnParameter(stack, 'Stage', { default: 'prod' }).valueAsString}`), 'api-prod'],
    ['that the app computes', (stack) => task(stack, Lazy.string({ produce: () => 'api' })), 'api'],
    ['that is set later', (stack) => {
      const definition = task(stack);
      resourceOf(definition).family = 'later';
      return definition;
    }, 'later'],
    ['that is overridden', (stack) => {
      const definition = task(stack);
      resourceOf(definition).addPropertyOverride('Family', 'overridden');
      return definition;
    }, 'overridden'],
    ['that is overridden by a token', (stack) => {
      const definition = task(stack);
      resourceOf(definition).addPropertyOverride('Family', new CfnParameter(stack, 'Family', { default: 'parameter' }).valueAsString);
      return definition;
    }, 'parameter'],
    ['that is overridden by a function of CloudFormation', (stack) => {
      const definition = task(stack);
      new CfnParameter(stack, 'Family', { default: 'function' });
      resourceOf(definition).addPropertyOverride('Family', { Ref: 'Family' });
      return definition;
    }, 'function'],
    ['of a resource', (stack) => imported(stack, new ecs.CfnTaskDefinition(stack, 'Resource', { family: 'raw' }).ref), 'raw'],
    ['of a resource, by its attribute', (stack) => imported(stack, new ecs.CfnTaskDefinition(stack, 'Resource', { family: 'raw' }).attrTaskDefinitionArn), 'raw'],
    ['of an imported ARN', (stack) => imported(stack, `${OURS}imported:12`), 'imported'],
    ['of an imported ARN without a revision', (stack) => imported(stack, `${OURS}imported`), 'imported'],
    ['of an imported ARN with the names of the stack', (stack) => (
      imported(stack, stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: 'imported:12' }))
    ), 'imported'],
    ['of an imported ARN with a parameter in it', (stack) => (
      imported(stack, `${OURS}${new CfnParameter(stack, 'Family', { default: 'api' }).valueAsString}:12`)
    ), 'api'],
    ['of an imported ARN that ends with a parameter', (stack) => (
      imported(stack, `${OURS}${new CfnParameter(stack, 'Name', { default: 'api:12' }).valueAsString}`)
    ), 'api'],
    ['of an imported ARN that is a parameter', (stack) => imported(stack, new CfnParameter(stack, 'Arn', { default: `${OURS}api:12` }).valueAsString), 'api'],
    ['that was imported in place of an ARN, as ECS accepts it', (stack) => imported(stack, 'api'), 'api'],
    ['that was imported with a revision in place of an ARN', (stack) => imported(stack, 'api:3'), 'api'],
  ])('%s', (_what, define, family) => {
    const stack = newStack();
    addRule(stack, define(stack));
    expect(prefixesOf(stack)).toEqual([`${OURS}${family}:`]);
  });

  test.each<[what: string, change: (resource: ecs.CfnTaskDefinition) => void]>([
    ['has none', (resource) => Object.assign(resource, { family: undefined })],
    ['has one that was deleted', (resource) => resource.addPropertyDeletionOverride('Family')],
    ['has one that the app computes as nothing', (resource) => Object.assign(resource, { family: Lazy.string({ produce: () => undefined }) })],
  ])('is the beginning of the ARN, split at deployment, of a resource that %s', (_what, change) => {
    const stack = newStack();
    const definition = task(stack);
    addRule(stack, definition);
    change(resourceOf(definition));

    const [{ Properties: { EventPattern } }] = resourcesOf(stack, 'AWS::Events::Rule');
    expect(JSON.stringify(EventPattern.detail.taskDefinitionArn)).toContain('{"Fn::Select":[5,{"Fn::Split":[":",{"Ref":"Task79114B6B"}]}]},":"');
    expect(prefixesOf(stack)).toEqual([expect.stringMatching(new RegExp(`^${OURS}Stack-Task79114B6B-\\w+:$`))]);
  });

  test('is what an Aspect leaves, whatever its order', () => {
    const stack = newStack();
    addRule(stack, task(stack));
    Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof ecs.CfnTaskDefinition) {
          node.family = 'aspect';
        }
      },
    });
    expect(prefixesOf(stack)).toEqual([`${OURS}aspect:`]);
  });

  test('of a dynamic reference, which CloudFormation cannot split, is the whole ARN', () => {
    const stack = newStack();
    const reference = '{{resolve:ssm:/task-definition/api}}';
    addRule(stack, imported(stack, reference));
    expect(prefixesOf(stack)).toEqual([reference]);
  });

  test.each<[what: string, env: Environment, expected: unknown]>([
    ['in China', { account: '111122223333', region: 'cn-north-1' }, 'arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/api:'],
    ['in GovCloud', { account: '111122223333', region: 'us-gov-west-1' }, 'arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/api:'],
    ['of a stack without env', {}, 'arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/api:'],
  ])('has the partition %s', (_what, env, expected) => {
    const stack = newStack({}, env);
    addRule(stack, task(stack, 'api'));
    const place = { account: '111122223333', region: env.region ?? 'cn-north-1', stackName: 'Stack' };
    const [{ properties }] = new DeployedStacks([{ ...place, template: templateOf(stack) }]).resources('AWS::Events::Rule');
    expect(properties.EventPattern.detail.taskDefinitionArn).toEqual([{ prefix: expected }]);
  });

  test('of a daemon, which has task definitions of its own, is not judged', () => {
    const stack = newStack();
    addRule(stack, imported(stack, 'arn:aws:ecs:eu-west-1:111122223333:daemon-task-definition/agent:2'));
    expect(prefixesOf(stack)).toEqual(['arn:aws:ecs:eu-west-1:111122223333:daemon-task-definition/agent:']);
  });

  test('of a task definition that is given twice is once in the pattern', () => {
    const stack = newStack();
    const definition = task(stack, 'api');
    addRule(stack, definition, task(stack, 'worker', 'Worker'), definition);
    expect(prefixesOf(stack)).toEqual([`${OURS}api:`, `${OURS}worker:`]);
  });
});

describe('a rule in another stack', () => {
  test('has the family of the task definition, and no export that each revision would change', () => {
    const app = newApp();
    const [apps, alarms] = ['Apps', 'Alarms'].map((id) => new Stack(app, id, { env: ENV }));
    addRule(alarms, task(apps, 'api'), task(apps, undefined, 'Worker'));
    expect(prefixesOf(apps, alarms)).toEqual([`${OURS}api:`, `${OURS}AppsWorker90589216:`]);
    expect(templateOf(apps).Outputs).toBeUndefined();
  });

  test('has a family that is a parameter by an export of that parameter', () => {
    const app = newApp();
    const [apps, alarms] = ['Apps', 'Alarms'].map((id) => new Stack(app, id, { env: ENV }));
    addRule(alarms, task(apps, new CfnParameter(apps, 'Family', { default: 'api' }).valueAsString));
    expect(prefixesOf(apps, alarms)).toEqual([`${OURS}api:`]);
    expect(Object.values<any>(templateOf(apps).Outputs).map(({ Value }) => Value)).toEqual([{ Ref: 'Family' }]);
  });

  test('has a family that is a function of CloudFormation by the ARN, since the function is of the stack of the task', () => {
    const app = newApp();
    const [apps, alarms] = ['Apps', 'Alarms'].map((id) => new Stack(app, id, { env: ENV }));
    const definition = task(apps);
    resourceOf(definition).addPropertyOverride('Family', Fn.conditionIf('IsProd', 'api', 'test'));
    addRule(alarms, definition);
    expect(JSON.stringify(templateOf(alarms))).not.toContain('IsProd');
  });

  test('can be in a nested stack', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    addRule(nested, task(stack, 'api'));
    expect(prefixesOf(nested)).toEqual([`${OURS}api:`]);
  });
});

describe('the pattern', () => {
  test('is that of a stopped task that could not pull, in one resource without a wildcard', () => {
    const stack = newStack();
    addRule(stack, task(stack, 'api'));
    expect(resourcesOf(stack, 'AWS::Events::Rule')).toEqual([{
      Type: 'AWS::Events::Rule',
      Properties: {
        State: 'ENABLED',
        EventPattern: {
          'source': ['aws.ecs'],
          'detail-type': ['ECS Task State Change'],
          'detail': {
            lastStatus: ['STOPPED'],
            taskDefinitionArn: [{ prefix: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecs:eu-west-1:111122223333:task-definition/api:']] } }],
            $or: [
              {
                stoppedReason: [
                  { prefix: 'CannotPull' },
                  { prefix: 'ResourceInitializationError: unable to pull secrets or registry auth' },
                  { prefix: 'ResourceInitializationError: The task can\'t retrieve the secret' },
                  { prefix: 'Fetching secret data from AWS Secrets Manager' },
                  { prefix: 'Asm ' },
                  { prefix: 'asm ' },
                  { prefix: 'Unable to create ASM client' },
                  { prefix: 'unable to create ASM client' },
                ],
              },
              {
                stopCode: ['TaskFailedToStart'],
                containers: {
                  name: [{ 'anything-but': { prefix: 'aws-guardduty-agent' } }],
                  reason: [
                    { prefix: 'CannotPull' },
                    { prefix: 'DockerTimeoutError: Could not transition to MANIFEST_PULLED' },
                    { prefix: 'DockerTimeoutError: Could not transition to pull' },
                  ],
                },
              },
            ],
          },
        },
      },
    }]);
  });

  test('without task definitions is an error, because EventBridge rejects an empty list', () => {
    expectError(() => PullFailure.eventPattern(), 'taskDefinitionsMissing', 'no task definition is passed to PullFailure.eventPattern()', 'pass at least one');
  });

  test.each([
    'arn:aws:batch:eu-west-1:111122223333:job-definition/api:1',
    'arn:aws:ecs:eu-west-1:111122223333:service/apps/api',
  ])('of %s is an error, because no task ever has that ARN', (arn) => {
    const stack = newStack();
    expect(() => PullFailure.eventPattern(imported(stack, arn))).toThrow(
      `"${arn}" is not the ARN of a task definition, so no task of ECS ever has it; `
      + 'expected arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION (at Stack/Imported) [cdk-private-registry:invalidTaskDefinitionArn]');
  });

  test.each([
    [15, []],
    [30, ['eventPatternLong']],
  ])('of %d families has the warnings %p', (count, ids) => {
    const stack = newStack();
    addRule(stack, ...families(stack, count));
    templateOf(stack);
    expect(warningIdsOf(stack)).toEqual(ids);
  });

  test('has in its warning the length that it has when it is deployed', () => {
    const stack = newStack();
    addRule(stack, ...families(stack, 30));
    const [{ properties }] = new DeployedStacks([{ ...ENV, template: templateOf(stack), stackName: 'Stack' }]).resources('AWS::Events::Rule');
    const warning = expectWarning(stack, 'eventPatternLong', 'but an account has a quota of 2048 by default; define several rules, or request an increase');
    const [, length] = /^the event pattern of PullFailure has at least (\d+) characters/.exec(warning)!;
    expect(JSON.stringify(properties.EventPattern).length - Number(length)).toBe('detail-type'.length - 'detailType'.length);
  });

  test.each<[what: string, env: Environment | undefined]>([['with account and Region', ENV], ['without env', {}]])(
    'of 60 families is an error in a stack %s, because EventBridge accepts no pattern that long', (_what, env) => {
      const stack = newStack({}, env);
      addRule(stack, ...families(stack, 60));
      const message = expectSynthError(stack, 'eventPatternTooLong', 'but EventBridge accepts 4096; define several rules, with fewer task definitions each (at Stack/Task0)');
      expect(message).toMatch(/the event pattern of PullFailure has at least \d{4} characters/);
    });

  test('of 60 families that are tokens is not judged, since nobody knows how long they are', () => {
    const stack = newStack();
    const arns = Array.from({ length: 60 }, (_, index) => new CfnParameter(stack, `Arn${index}`).valueAsString);
    addRule(stack, ...arns.map((arn, index) => ecs.TaskDefinition.fromTaskDefinitionArn(stack, `Imported${index}`, arn)));
    expect(() => templateOf(stack)).not.toThrow();
    expect(warningIdsOf(stack)).toEqual([]);
  });
});

describe('onPullFailure()', () => {
  function newService(stack: Stack, id = 'Api', family?: string): PrivateRegistryFargateService {
    return new PrivateRegistryFargateService(stack, id, { image: IMAGE, credentials: CREDENTIALS, family });
  }

  test('defines one rule with the target, below the service', () => {
    const stack = newStack();
    const topic = new sns.Topic(stack, 'Topic');
    const service = newService(stack, 'Api', 'api');
    const rule = service.onPullFailure('CannotPull', { target: new targets.SnsTopic(topic), description: 'wakes up whoever is on call' });

    expect(rule.node.scope).toBe(service);
    expect(prefixesOf(stack)).toEqual([`${OURS}api:`]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::Rule', 1);
    template.hasResourceProperties('AWS::Events::Rule', {
      Description: 'wakes up whoever is on call',
      // The event as it is: a text template would be broken by the quotes in the reason.
      Targets: [{ Arn: stack.resolve(topic.topicArn), Id: Match.anyValue(), InputTransformer: Match.absent(), InputPath: Match.absent() }],
    });
  });

  test('needs no target', () => {
    const stack = newStack();
    newService(stack).onPullFailure('CannotPull');
    expect(resourcesOf(stack, 'AWS::Events::Rule')).toMatchObject([{ Properties: { State: 'ENABLED' } }]);
  });

  test('narrows the pattern by that of the options, which other rules can share', () => {
    const stack = newStack();
    const options = { eventPattern: { detail: { clusterArn: ['arn:aws:ecs:eu-west-1:111122223333:cluster/prod'] } } };
    newService(stack, 'Api', 'api').onPullFailure('CannotPull', options);
    newService(stack, 'Worker', 'worker').onPullFailure('CannotPull', options);

    expect(prefixesOf(stack)).toEqual([`${OURS}api:`, `${OURS}worker:`]);
    expect(options.eventPattern.detail).toEqual({ clusterArn: ['arn:aws:ecs:eu-west-1:111122223333:cluster/prod'] });
    for (const { Properties } of resourcesOf(stack, 'AWS::Events::Rule')) {
      expect(Properties.EventPattern.detail).toMatchObject({ ...options.eventPattern.detail, lastStatus: ['STOPPED'] });
    }
  });
});

function imported(scope: Construct, arn: string): ecs.ITaskDefinition {
  return ecs.TaskDefinition.fromTaskDefinitionArn(scope, 'Imported', arn);
}

function families(scope: Construct, count: number): ecs.ITaskDefinition[] {
  return Array.from({ length: count }, (_, index) => task(scope, `a-family-${index}`, `Task${index}`));
}

test.each(EVENT_SHAPES)('the event "$what" is one of the account, and is a stopped task if it is reported', ({ matches, event }) => {
  const place = { partition: 'aws', region: ENV.region, account: ENV.account };
  const { detail, ...envelope } = event('api', place) as any;
  expect(envelope).toMatchObject({ version: '0', account: expect.stringMatching(/^\d{12}$/), region: expect.any(String), source: expect.any(String) });
  if (matches) {
    expect(envelope).toMatchObject({ 'account': ENV.account, 'region': ENV.region, 'source': 'aws.ecs', 'detail-type': 'ECS Task State Change' });
    expect(detail).toMatchObject({ lastStatus: 'STOPPED', taskDefinitionArn: expect.stringMatching(/^arn:aws:ecs:eu-west-1:111122223333:task-definition\/api:\d+$/) });
  }
});
