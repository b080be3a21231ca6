import { Aspects, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { PrivateRegistryFargateService, PrivateRegistryFargateServiceProps } from '../../src';
import { expectError, expectSilence, expectSynthError, expectWarning, messageOf } from '../support/errors';
import { IMAGE, newStack } from '../support/synth';
import { CREDENTIALS } from '../support/tasks';

type Props = Partial<PrivateRegistryFargateServiceProps>;

function define(props: Props = {}): { stack: Stack; service: PrivateRegistryFargateService } {
  const stack = newStack();
  return { stack, service: new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, ...props }) };
}

function taskResourceOf(service: PrivateRegistryFargateService): ecs.CfnTaskDefinition {
  return service.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
}

describe('the size of the container', () => {
  test.each<[string, Props, string[]]>([
    ['cpu', { containerCpu: 512 }, ['containerCpu 512', 'cpu 256']],
    ['cpu of a larger task', { containerCpu: 2048, cpu: 1024 }, ['containerCpu 2048', 'cpu 1024']],
  ])('fails if it does not fit into the task, before aws-cdk-lib throws: %s', (_, props, texts) => {
    expectError(() => define(props), 'containerExceedsTask', ...texts);
  });

  test.each<[string, Props]>([
    ['memory', { containerMemoryLimitMiB: 1024 }],
    ['memory that is known at the end', { containerMemoryLimitMiB: Lazy.number({ produce: () => 1024 }) }],
  ])('fails if it does not fit into the task: %s', (_, props) => {
    expectSynthError(define(props).stack, 'containerExceedsTask', 'containerMemoryLimitMiB 1024', 'memoryLimitMiB 512', '(at Stack/Api)');
  });

  test.each<[string, Props]>([
    ['as large as the task', { containerCpu: 256, containerMemoryLimitMiB: 512 }],
    ['not known', { containerCpu: Token.asNumber({ Ref: 'Cpu' }) }],
    ['in a task that is not known', { containerMemoryLimitMiB: 1024, memoryLimitMiB: Token.asNumber({ Ref: 'Memory' }) }],
    ['in a task that is larger in the end', { containerMemoryLimitMiB: 1024, memoryLimitMiB: Lazy.number({ produce: () => 2048 }) }],
  ])('is fine: %s', (_, props) => {
    expect(define(props).service.node.validate()).toEqual([]);
  });

  test('is fine in a task that an override makes larger', () => {
    const { service } = define({ containerMemoryLimitMiB: 1024 });
    taskResourceOf(service).addPropertyOverride('Memory', '1024');
    expect(service.node.validate()).toEqual([]);
  });
});

describe('the size of the task', () => {
  test.each<[string, Props, string[]]>([
    ['between two steps', { memoryLimitMiB: 768 }, ['cpu 256', 'memoryLimitMiB 768', 'only 512, 1024, 2048', 'set memoryLimitMiB to 512 or 1024']],
    ['between two steps of 4 GB', { cpu: 8192, memoryLimitMiB: 17408 }, ['16384 to 61440 in steps of 4096', 'set memoryLimitMiB to 16384 or 20480']],
    ['less than the cpu has, which is the default', { cpu: 1024 }, ['memoryLimitMiB 512', '2048 to 8192 in steps of 1024', 'set memoryLimitMiB to 2048, or cpu to 256']],
    ['more than the cpu has, which is the default', { memoryLimitMiB: 4096 }, ['cpu 256', 'set memoryLimitMiB to 2048, or cpu to 512']],
    ['more than any cpu has', { cpu: 16384, memoryLimitMiB: 131072 }, ['set memoryLimitMiB to 122880']],
  ])('fails if Fargate has the cpu without the memory: %s', (_, props, texts) => {
    expectSynthError(define(props).stack, 'taskSizeInvalid', ...texts, '(at Stack/Api)');
  });

  test('fails before aws-cdk-lib says its own', () => {
    const { stack } = define({ memoryLimitMiB: 768 });
    const message = messageOf(() => Template.fromStack(stack));
    const [ours, theirs] = ['taskSizeInvalid', 'Invalid CPU and memory'].map((text) => message.indexOf(text));
    expect(ours).toBeGreaterThan(0);
    expect(theirs === -1 || theirs > ours).toBe(true);
  });

  test.each([[256, 512], [256, 2048], [512, 3072], [1024, 2048], [2048, 16384], [4096, 30720], [8192, 61440], [16384, 122880]])('is fine: cpu %d with %d MiB', (cpu, memoryLimitMiB) => {
    expectSilence(define({ cpu, memoryLimitMiB }).stack);
  });

  test.each<[string, Props]>([
    ['a token', { memoryLimitMiB: Token.asNumber({ Ref: 'Memory' }) }],
    ['known at the end', { memoryLimitMiB: Lazy.number({ produce: () => 1024 }) }],
  ])('is fine: %s', (_, props) => {
    expectSilence(define(props).stack);
  });

  test.each<[string, Props, Record<string, unknown>]>([
    ['the memory is replaced by one that fits', { memoryLimitMiB: 768 }, { Memory: '1024' }],
    ['the memory is replaced by a parameter', { memoryLimitMiB: 768 }, { Memory: { Ref: 'Memory' } }],
    ['the memory has a unit', { memoryLimitMiB: 768 }, { Memory: '1 GB' }],
    ['other capacity runs it', { memoryLimitMiB: 768 }, { RequiresCompatibilities: ['MANAGED_INSTANCES'] }],
    ['the system is a parameter', { memoryLimitMiB: 768 }, { 'RuntimePlatform.OperatingSystemFamily': { Ref: 'System' } }],
    ['the platform is a parameter', { memoryLimitMiB: 768 }, { RuntimePlatform: { 'Fn::If': ['Windows', {}, {}] } }],
  ])('is judged by the template: nothing is wrong if %s', (_, props, overrides) => {
    const { service } = define(props);
    Object.entries(overrides).forEach(([path, value]) => taskResourceOf(service).addPropertyOverride(path, value));
    expect(service.node.validate()).toEqual([]);
  });

  test.each(['override', 'Aspect'])('is judged by the template: fails by an %s', (how) => {
    const { stack, service } = define();
    if (how === 'override') {
      taskResourceOf(service).addPropertyOverride('Memory', '768');
    } else {
      Aspects.of(service).add({ visit: (node) => node instanceof ecs.CfnTaskDefinition && (node.memory = '768') });
    }
    expectSynthError(stack, 'taskSizeInvalid', 'memoryLimitMiB 768');
  });

  test('is warned about if the cpu is not known, since AWS adds some', () => {
    const { stack, service } = define();
    Object.entries({ Cpu: '32768', Memory: '262144' }).forEach(([path, value]) => taskResourceOf(service).addPropertyOverride(path, value));
    Template.fromStack(stack);
    expectWarning(stack, 'taskSizeUnknown', 'cpu 32768', '256, 512, 1024, 2048, 4096, 8192, 16384');
  });

  test('is not judged while the command line has to look something up', () => {
    const { stack, service } = define({ memoryLimitMiB: 768 });
    ssm.StringParameter.valueFromLookup(stack, '/api/memory');
    expect(service.node.validate()).toEqual([]);
  });

  test('of a task on Windows is left to aws-cdk-lib', () => {
    const { service } = define({
      cpu: 1024, memoryLimitMiB: 1024, runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE },
    });
    expect(service.node.validate()).toEqual([]);
  });
});
