import { App, CfnCondition, CfnParameter, CfnResource, Duration, Fn, Lazy, NestedStack, SecretValue, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PrivateRegistries, PrivateRegistryImage, PullCheckFunction, PullCheckMode, PullWatchdog, RegistryCredentials, RegistryProvider } from '../../src';
import { makeCertificate } from '../support/certificates';
import { DeployedStacks } from '../support/deployed-stack';
import { acknowledge, expectError, expectSilence, expectWarning } from '../support/errors';
import { CHECKED, ENV, IMAGE, newApp, newStack, resourcesOf, SECRET_ARN, templateOf, warningIdsOf } from '../support/synth';
import { apiImage, CREDENTIALS, defineTask, importedVpc } from '../support/tasks';

const OTHER_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:other/pull-d4E5f6';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:shared';

function checkedStack(): Stack {
  return newStack(CHECKED);
}

function imageOf(name: string, options: object = {}): PrivateRegistryImage {
  return new PrivateRegistryImage(name, { credentials: CREDENTIALS, ...options });
}

function defineTasks(stack: Stack, images: readonly ecs.ContainerImage[]): void {
  images.forEach((image, index) => defineTask(stack, image, {}, `Task${index}`));
}

function countsOf(stack: Stack): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values<any>(templateOf(stack).Resources)) {
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

function schedulesOf(stack: Stack): any[] {
  return resourcesOf(stack, 'AWS::Events::Rule').filter(({ Properties }) => Properties.ScheduleExpression);
}

function patternsOf(stack: Stack): any[] {
  return resourcesOf(stack, 'AWS::Events::Rule').flatMap(({ Properties }) => Properties.EventPattern ?? []);
}

function targetsOf(stack: Stack): any[] {
  return schedulesOf(stack).flatMap(({ Properties }) => Properties.Targets);
}

/** The events of the schedules, with what CloudFormation fills in in angle brackets. */
function inputsOf(stack: Stack): any[] {
  return targetsOf(stack).map(({ Input }) => JSON.parse(typeof Input === 'string' ? Input : Input['Fn::Join'][1].map((part: any) => (
    typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', '\'')
  )).join('')));
}

function imagesOf(stack: Stack): string[] {
  return inputsOf(stack).flatMap(({ Groups }) => Groups).flatMap(({ Prefix, Images }) => Images.map((name: string) => `${Prefix}${name}`));
}

function alarmsOf(stack: Stack): Record<'cannotPull' | 'expiry' | 'pullFailed', any> {
  const alarms = Object.entries<any>(templateOf(stack).Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  const find = (name: string) => alarms.find(([id]) => id.startsWith(`Watchdog${name}`))?.[1].Properties;
  return { cannotPull: find('CannotPull'), expiry: find('Expiry'), pullFailed: find('PullFailed') };
}

describe('the resources of a watchdog', () => {
  test('are rules, permissions and alarms, and nothing that runs or reads', () => {
    const [without, watched] = [checkedStack(), checkedStack()];
    defineTask(without, apiImage());
    defineTask(watched, apiImage());
    new PullWatchdog(watched, 'Watchdog');
    const before = countsOf(without);
    const added = Object.entries(countsOf(watched)).map(([type, count]) => [type, count - (before[type] ?? 0)]).filter(([, count]) => count !== 0);
    expect(Object.fromEntries(added)).toEqual({
      'AWS::CloudWatch::Alarm': 3,
      'AWS::Events::Rule': 2,
      'AWS::Lambda::Permission': 2,
      'Custom::PrivateRegistryWatchdog': 1,
    });
  });

  test('are as many for 100 images', () => {
    const [one, many] = [checkedStack(), checkedStack()];
    for (const [stack, count] of [[one, 1], [many, 100]] as const) {
      const task = defineTask(stack, apiImage());
      Array.from({ length: count }, (_, index) => task.addContainer(`c${index}`, { image: imageOf(`ghcr.io/acme/service-${index}:1.4.2`) }));
      new PullWatchdog(stack, 'Watchdog');
    }
    const watchdogs = (stack: Stack) => Object.keys(templateOf(stack).Resources).filter((id) => id.startsWith('Watchdog'));
    expect(watchdogs(many)).toEqual(watchdogs(one));
  });

  test('say nothing', () => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    new PullWatchdog(stack, 'Watchdog');
    expectSilence(stack);
  });
});

describe('a schedule asks about', () => {
  test('images that are defined before and after the watchdog', () => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    new PullWatchdog(stack, 'Watchdog');
    defineTask(stack, imageOf('ghcr.io/acme/other:2'), {}, 'Other');
    expect(inputsOf(stack)).toEqual([{
      Watch: 'Stack-Watchdog',
      Groups: [{
        Secret: SECRET_ARN,
        SecretRegion: 'eu-west-1',
        Platform: 'linux/amd64',
        Engine: 'containerd',
        TimeoutSeconds: '30',
        Prefix: 'ghcr.io/acme/',
        Images: ['api:1.4.2', 'other:2'],
      }],
    }]);
    expect(schedulesOf(stack)[0].Properties.ScheduleExpression).toBe('rate(1 hour)');
  });

  test('an image that is checked twice once', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const image = apiImage();
    defineTasks(stack, [image, image, imageOf(IMAGE, { pullCheck: { mode: PullCheckMode.WARN } }), imageOf(IMAGE, { pullCheck: { trigger: '7' } })]);
    expect(imagesOf(stack)).toEqual([IMAGE]);
  });

  test('the digest that runs', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    defineTask(stack, imageOf(IMAGE, { pinDigest: true }));
    expect(imagesOf(stack)).toEqual([expect.stringMatching(/^\{'Fn::GetAtt':\['PrivateRegistryPullCheck.*','Image'\]\}$/)]);
  });

  test('no image that no task pulls any more, and is called all the same', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const task = defineTask(stack, apiImage());
    (task.node.defaultChild as ecs.CfnTaskDefinition).addPropertyOverride('ContainerDefinitions.0.Image', 'ghcr.io/acme/other:2');
    expect(inputsOf(stack)).toEqual([{ Watch: 'Stack-Watchdog', Groups: [] }]);
  });

  test('no image whose check is off', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    defineTasks(stack, [apiImage(), imageOf('ghcr.io/acme/other:2', { pullCheck: { mode: PullCheckMode.OFF } })]);
    expect(imagesOf(stack)).toEqual([IMAGE]);
  });

  test('an image with a condition only where it is deployed', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const task = defineTask(stack, apiImage());
    const condition = new CfnCondition(stack, 'Wanted', { expression: Fn.conditionEquals(stack.region, 'eu-west-1') });
    (task.node.defaultChild as ecs.CfnTaskDefinition).cfnOptions.condition = condition;
    expect(inputsOf(stack)[0].Groups).toMatchObject([
      { Secret: SECRET_ARN, Prefix: 'ghcr.io/acme/', Images: ['{\'Fn::If\':[\'Wanted\',\'api:1.4.2\',\'\']}'] },
    ]);
  });

  test('an image with a condition with a secret that has the same one', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const password = SecretValue.cfnParameter(new CfnParameter(stack, 'Password', { noEcho: true }));
    const task = defineTask(stack, imageOf(IMAGE, { credentials: RegistryCredentials.fromSecretValue({ username: 'acme', password }) }));
    const condition = new CfnCondition(stack, 'Wanted', { expression: Fn.conditionEquals(stack.region, 'eu-west-1') });
    (task.node.defaultChild as ecs.CfnTaskDefinition).cfnOptions.condition = condition;
    expect(inputsOf(stack)[0].Groups).toMatchObject([{ Secret: expect.stringMatching(/^\{'Fn::If':\['Wanted',\{'Ref':'\w+'\},''\]\}$/) }]);
  });

  test('an image that is a parameter', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const image = new CfnParameter(stack, 'Image');
    defineTask(stack, imageOf(`ghcr.io/acme/${image.valueAsString}`, { provider: RegistryProvider.GHCR }));
    expect(imagesOf(stack)).toEqual(['ghcr.io/acme/{\'Ref\':\'Image\'}']);
  });

  test('images of one secret in one group for all that is the same', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const other = RegistryCredentials.fromSecretCompleteArn(OTHER_SECRET);
    defineTasks(stack, [imageOf('ghcr.io/a/x:1'), imageOf('ghcr.io/b/x:1'), imageOf('ghcr.io/a/y:1', { credentials: other }), imageOf('ghcr.io/a/z:1')]);
    expect(inputsOf(stack)[0].Groups.map(({ Secret, Prefix, Images }: any) => [Secret, Prefix, Images])).toEqual([
      [SECRET_ARN, 'ghcr.io/a/', ['x:1', 'z:1']],
      [SECRET_ARN, 'ghcr.io/b/', ['x:1']],
      [OTHER_SECRET, 'ghcr.io/a/', ['y:1']],
    ]);
  });
});

describe('many images', () => {
  function stackWithImages(names: readonly string[]): Stack {
    const stack = checkedStack();
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    new PullWatchdog(stack, 'Watchdog');
    names.forEach((name, index) => task.addContainer(`c${index}`, { image: imageOf(name) }));
    return stack;
  }

  test('200 of one secret fit into one call', () => {
    const names = Array.from({ length: 200 }, (_, index) => `ghcr.io/acme/team/service-${index}:1.14.2-build.${1000 + index}`);
    const stack = stackWithImages(names);
    expect(targetsOf(stack)).toHaveLength(1);
    expect(targetsOf(stack)[0].Input.length).toBeLessThanOrEqual(8_192);
    expect(imagesOf(stack)).toEqual(names);
    expect(alarmsOf(stack).cannotPull).not.toHaveProperty('Metrics');
  });

  test('with long names need more calls, and more rules than one for more than five', () => {
    const names = Array.from({ length: 200 }, (_, index) => `ghcr.io/acme/${'x'.repeat(180)}-${index}:1.14.2`);
    const stack = stackWithImages(names);
    expect(schedulesOf(stack).map(({ Properties }) => Properties.Targets.length)).toEqual([5, 1]);
    for (const { Input } of targetsOf(stack)) {
      expect(Input.length).toBeLessThanOrEqual(8_192);
    }
    expect(imagesOf(stack).sort()).toEqual([...names].sort());
  });

  test('in a project each fit, whose beginnings differ', () => {
    const names = Array.from({ length: 100 }, (_, index) => `ghcr.io/team-${index}/api:1`);
    const stack = stackWithImages(names);
    for (const { Input } of targetsOf(stack)) {
      expect(Input.length).toBeLessThanOrEqual(8_192);
    }
    expect(imagesOf(stack).sort()).toEqual([...names].sort());
  });

  test('for two platforms fit', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const runtimePlatform = { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX };
    const tasks = [new ecs.FargateTaskDefinition(stack, 'Amd'), new ecs.FargateTaskDefinition(stack, 'Arm', { runtimePlatform })];
    Array.from({ length: 100 }, (_, index) => tasks[index % 2].addContainer(`c${index}`, { image: imageOf(`ghcr.io/team-${Math.floor(index / 2)}/api:${index}`) }));
    for (const { Input } of targetsOf(stack)) {
      expect(Input.length).toBeLessThanOrEqual(8_192);
    }
    expect(imagesOf(stack)).toHaveLength(100);
  });

  test.each(['ghcr.io/acme', `ghcr.io/${'team-of-people/'.repeat(10)}acme`])('with a digest fit, too: %s', (beginning) => {
    const stack = checkedStack();
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    new PullWatchdog(stack, 'Watchdog');
    Array.from({ length: 50 }, (_, index) => task.addContainer(`c${index}`, { image: imageOf(`${beginning}/service-${index}:1.14.2`, { pinDigest: true }) }));
    for (const { Groups } of inputsOf(stack)) {
      const images = Groups.flatMap(({ Images }: any) => Images);
      expect(images.length * `"${beginning}/service-10@sha256:${'0'.repeat(64)}",`.length).toBeLessThanOrEqual(8_000);
    }
  });

  test('a missing call is noticed: each publishes one sample', () => {
    const stack = stackWithImages(Array.from({ length: 60 }, (_, index) => `ghcr.io/acme/${'x'.repeat(180)}-${index}:1.14.2`));
    const { Metrics, ...others } = alarmsOf(stack).cannotPull;
    expect(targetsOf(stack)).toHaveLength(2);
    expect(Metrics).toEqual([
      { Id: 'result', Expression: 'IF(calls < 2, 1, cannotPull)', ReturnData: true },
      ...[['calls', 'SampleCount'], ['cannotPull', 'Maximum']].map(([Id, Stat]) => ({
        Id,
        MetricStat: { Metric: { Namespace: 'PrivateRegistry', MetricName: 'CannotPull', Dimensions: [{ Name: 'Watchdog', Value: 'Stack-Watchdog' }] }, Period: 3600, Stat },
        ReturnData: false,
      })),
    ]);
    for (const property of ['MetricName', 'Namespace', 'Dimensions', 'Statistic', 'Period']) {
      expect(others).not.toHaveProperty(property);
    }
    expect(resourcesOf(stack, 'Custom::PrivateRegistryWatchdog')[0].Properties.Schedules).toBe(2);
  });

  test('of many tasks have rules whose calls are added up', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    Array.from({ length: 14 }, (_, index) => defineTask(stack, apiImage(), { family: `${'f'.repeat(100)}${index}` }, `Task${index}`));
    const patterns = patternsOf(stack);
    expect(patterns.map(({ detail }) => detail.taskDefinitionArn.length)).toEqual([7, 7]);
    expect(patterns.map(({ detail }) => detail.$or.length)).toEqual([2, 2]);
    const [sum, ...rules] = alarmsOf(stack).pullFailed.Metrics;
    expect(sum).toMatchObject({ Expression: 'SUM([rule0, rule1])', ReturnData: true });
    expect(rules.map(({ MetricStat }: any) => [MetricStat.Metric.MetricName, MetricStat.Stat, MetricStat.Period])).toEqual(Array(2).fill(['Invocations', 'Sum', 300]));
  });

  test.each([1, 30, 100, 255])('of tasks with a family of %d characters have patterns that every account accepts', (length) => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    Array.from({ length: 20 }, (_, index) => defineTask(stack, apiImage(), { family: String(index).padStart(length, 'f') }, `Task${index}`));
    const patterns = new DeployedStacks([{ ...ENV, template: templateOf(stack), stackName: 'Stack' }]).resources('AWS::Events::Rule')
      .flatMap(({ properties }) => properties.EventPattern ?? []);
    expect(patterns.flatMap(({ detail }) => detail.taskDefinitionArn)).toHaveLength(20);
    for (const pattern of patterns) {
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
    }
    expect(warningIdsOf(stack)).toEqual([]);
  });

  test('of more tasks than an alarm can look at are a warning', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    Array.from({ length: 60 }, (_, index) => defineTask(stack, apiImage(), { family: String(index).padStart(255, 'f') }, `Task${index}`));
    const patterns = patternsOf(stack);
    expect(patterns).toHaveLength(10);
    expect(new Set(patterns.map(({ detail }) => detail.taskDefinitionArn.length))).toEqual(new Set([3]));
    expectWarning(stack, 'tooManyTasksToWatch', 'pullFailedAlarm is not about all task definitions of the stack Stack', 'at most 10 rules', 'a PullWatchdog of its own');
    expect(warningIdsOf(stack)).toEqual([]);
  });
});

test('a failed pull of a task definition at level 1 goes to the alarm, too, by its family or the ARN', () => {
  const stack = checkedStack();
  new PullWatchdog(stack, 'Watchdog');
  PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
  const define = (id: string, family?: string) => new ecs.CfnTaskDefinition(stack, id, {
    family, executionRoleArn: 'arn:aws:iam::111122223333:role/exec', containerDefinitions: [{ name: 'app', image: IMAGE }],
  });
  define('Named', 'api');
  define('Unnamed');
  expect(imagesOf(stack)).toEqual([IMAGE]);
  const [{ detail }] = patternsOf(stack);
  expect(detail.taskDefinitionArn).toEqual([
    { prefix: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecs:eu-west-1:111122223333:task-definition/api:']] } },
    { prefix: { 'Fn::Join': ['', expect.arrayContaining([{ 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Unnamed' }] }] }])] } },
  ]);
});

test('a task definition with a condition is in the pattern where it is created, and nothing matches in its place', () => {
  const stack = checkedStack();
  new PullWatchdog(stack, 'Watchdog');
  PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
  const resource = new ecs.CfnTaskDefinition(stack, 'Unnamed', {
    executionRoleArn: 'arn:aws:iam::111122223333:role/exec', containerDefinitions: [{ name: 'app', image: IMAGE }],
  });
  resource.cfnOptions.condition = new CfnCondition(stack, 'Wanted', { expression: Fn.conditionEquals(stack.region, 'eu-west-1') });
  expect(patternsOf(stack)[0].detail.taskDefinitionArn).toEqual([
    { prefix: { 'Fn::If': ['Wanted', { 'Fn::Join': ['', expect.arrayContaining([{ 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Unnamed' }] }] }])] }, 'none'] } },
  ]);
});

describe('the functions of the checks', () => {
  test('are each called about their images', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    defineTasks(stack, [apiImage(), imageOf('ghcr.io/acme/inside:1', { pullCheck: { vpc: importedVpc(stack) } })]);
    const targets = targetsOf(stack);
    expect(new Set(targets.map(({ Arn }) => Arn['Fn::GetAtt'][0])).size).toBe(2);
    expect(inputsOf(stack).map(({ Groups }) => Groups[0].Images)).toEqual([['api:1.4.2'], ['inside:1']]);
    expect(alarmsOf(stack).cannotPull.Metrics[0].Expression).toBe('IF(calls < 2, 1, cannotPull)');
  });

  test('of another stack are allowed to be called from here', () => {
    const app = newApp(CHECKED);
    const shared = new Stack(app, 'Shared', { env: ENV });
    const checkFunction = new PullCheckFunction(shared, 'Function');
    const stack = new Stack(app, 'Stack', { env: ENV });
    new PullWatchdog(stack, 'Watchdog');
    defineTask(stack, imageOf(IMAGE, { pullCheck: { checkFunction } }));
    expect(resourcesOf(stack, 'AWS::Lambda::Permission')).toHaveLength(2);
    expect(resourcesOf(shared, 'AWS::Lambda::Permission')).toEqual([]);
    expect(warningIdsOf(stack)).toEqual([]);
  });

  function importing(functionArn: string, stack: Stack = checkedStack()): Stack {
    const role = iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${functionArn.split(':')[4]}:role/shared`);
    const checkFunction = PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', { functionArn, role });
    new PullWatchdog(stack, 'Watchdog');
    defineTasks(stack, [imageOf(IMAGE, { pullCheck: { checkFunction } }), imageOf('ghcr.io/acme/other:2', { pullCheck: { checkFunction } })]);
    return stack;
  }

  test('that are imported are called, and their owner is told what to allow', () => {
    const stack = importing(FUNCTION_ARN);
    expect(targetsOf(stack)).toMatchObject([{ Arn: FUNCTION_ARN }]);
    expect(resourcesOf(stack, 'AWS::Lambda::Permission')).toEqual([]);
    expectWarning(stack, 'watchdogPermissionMissing',
      `aws lambda add-permission --function-name ${FUNCTION_ARN} --statement-id Stack-Watchdog --action lambda:InvokeFunction --principal events.amazonaws.com`,
      '--source-arn \'arn:aws:events:eu-west-1:111122223333:rule/Stack*\'');
    expect(warningIdsOf(stack)).toEqual([]);
  });

  test('that are imported into a nested stack have to allow rules whose names begin with that of the stack', () => {
    const parent = checkedStack();
    importing(FUNCTION_ARN, new NestedStack(parent, 'Nested'));
    const message = expectWarning(parent, 'watchdogPermissionMissing', '--source-arn \'arn:aws:events:eu-west-1:111122223333:rule/Stack*\'');
    expect(message).toMatch(/ --statement-id Stack-[0-9a-f]{16} /);
  });

  test('of another account are not called, since their metrics are there', () => {
    const stack = importing(FUNCTION_ARN.replace('111122223333', '444455556666'));
    expect(schedulesOf(stack)).toEqual([]);
    expect(alarmsOf(stack).cannotPull.TreatMissingData).toBe('notBreaching');
    acknowledge(stack, 'pullCheckPolicyMissing');
    expectWarning(stack, 'watchdogFunctionElsewhere', '444455556666', 'define a PullCheckFunction in the account 111122223333');
  });
});

/** Watches an image with a certificate, and one without. */
function withCertificate(certificate: (stack: Stack) => string): Stack {
  const stack = checkedStack();
  new PullWatchdog(stack, 'Watchdog');
  const task = new ecs.Ec2TaskDefinition(stack, 'Task');
  task.addContainer('a', { image: imageOf('registry.internal/acme/api:1', { pullCheck: { caCertificate: certificate(stack) } }), memoryLimitMiB: 64 });
  task.addContainer('b', { image: apiImage(), memoryLimitMiB: 64 });
  return stack;
}

test('an image with a certificate that EventBridge does not accept is not watched', () => {
  const stack = withCertificate(() => makeCertificate(['registry.internal']).ca.repeat(8));
  expect(imagesOf(stack)).toEqual([IMAGE]);
  expectWarning(stack, 'certificateTooLongToWatch', 'registry.internal/acme/api:1', 'rather than a bundle');
});

test.each<[what: string, certificate: (stack: Stack) => string]>([
  ['a parameter', (stack) => new CfnParameter(stack, 'Certificate').valueAsString],
  ['a dynamic reference', () => '{{resolve:ssm:/certificate}}'],
])('an image with a certificate that is %s is not watched, because its line breaks would break the JSON of the schedule', (_, certificate) => {
  const stack = withCertificate(certificate);
  expect(imagesOf(stack)).toEqual([IMAGE]);
  expectWarning(stack, 'certificateUnknownToWatch', 'registry.internal/acme/api:1', 'readFileSync');
});

test('an image with a certificate that the app computes when the template is made is watched', () => {
  const { ca } = makeCertificate(['registry.internal']);
  const stack = withCertificate(() => Lazy.string({ produce: () => ca }));
  expect(imagesOf(stack)).toEqual(['registry.internal/acme/api:1', IMAGE]);
  expect(warningIdsOf(stack)).toEqual([]);
});

describe('nothing to watch', () => {
  test.each<[what: string, define: () => Stack]>([
    ['no image', checkedStack],
    ['the emergency switch', () => {
      const stack = newStack();
      defineTask(stack, apiImage());
      return stack;
    }],
    ['an image without a check', () => {
      const stack = checkedStack();
      defineTask(stack, imageOf(IMAGE, { pullCheck: { mode: PullCheckMode.OFF } }));
      return stack;
    }],
  ])('is a warning, and no alarm goes off: %s', (_, define) => {
    const stack = define();
    new PullWatchdog(stack, 'Watchdog').addAlarmAction({ bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111122223333:topic' }) });
    const { cannotPull, expiry, pullFailed } = alarmsOf(stack);
    expect([cannotPull, expiry, pullFailed].map(({ TreatMissingData }) => TreatMissingData)).toEqual(['notBreaching', 'ignore', 'notBreaching']);
    expect(resourcesOf(stack, 'AWS::Events::Rule')).toEqual([]);
    expect(resourcesOf(stack, 'Custom::PrivateRegistryWatchdog')).toEqual([]);
    expectWarning(stack, 'nothingToWatch', 'no image is checked in the stack Stack');
  });
});

describe('an alarm', () => {
  function watched(props: ConstructorParameters<typeof PullWatchdog>[2] = {}): { stack: Stack; watchdog: PullWatchdog } {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    return { stack, watchdog: new PullWatchdog(stack, 'Watchdog', props) };
  }

  test('has the period of the schedule', () => {
    const { stack } = watched({ interval: Duration.minutes(90) });
    expect(schedulesOf(stack)[0].Properties.ScheduleExpression).toBe('rate(90 minutes)');
    const { cannotPull, expiry } = alarmsOf(stack);
    expect([cannotPull.Period, expiry.Period]).toEqual([5_400, 5_400]);
    expect(resourcesOf(stack, 'Custom::PrivateRegistryWatchdog')[0].Properties).toMatchObject({ IntervalSeconds: 5_400, Watch: 'Stack-Watchdog' });
  });

  test('that misses data is created after the data of the time before', () => {
    const { stack } = watched();
    const alarms = Object.values<any>(templateOf(stack).Resources).filter(({ Type, DependsOn }) => Type === 'AWS::CloudWatch::Alarm' && DependsOn);
    expect(alarms.map(({ Properties, DependsOn }) => [Properties.MetricName, Properties.TreatMissingData, DependsOn])).toEqual([
      ['CannotPull', 'breaching', [expect.stringMatching(/^WatchdogStart/)]],
    ]);
  });

  test('that misses data has another custom resource for another function, because CloudFormation refuses to change that of one', () => {
    const idOf = (define: (stack: Stack) => object) => {
      const stack = checkedStack();
      defineTask(stack, imageOf(IMAGE, { pullCheck: define(stack) }));
      new PullWatchdog(stack, 'Watchdog');
      return Object.entries<any>(templateOf(stack).Resources).flatMap(([id, { Type }]) => (Type === 'Custom::PrivateRegistryWatchdog' ? [id] : []));
    };
    const ids = [
      () => ({}),
      () => ({ trigger: '7' }),
      (stack: Stack) => ({ vpc: importedVpc(stack) }),
      (stack: Stack) => ({ checkFunction: new PullCheckFunction(stack, 'Function') }),
      (stack: Stack) => ({ checkFunction: new PullCheckFunction(new Stack(stack.node.root as App, 'Shared', { env: ENV }), 'Function') }),
    ].map(idOf);
    expect(ids[1]).toEqual(ids[0]);
    expect(new Set(ids.flat()).size).toBe(4);
  });

  test('misses no data if that of the time before would come too late', () => {
    const { stack } = watched({ interval: Duration.hours(3) });
    expect(alarmsOf(stack).cannotPull).toMatchObject({ TreatMissingData: 'notBreaching', Period: 10_800 });
    expect(resourcesOf(stack, 'Custom::PrivateRegistryWatchdog')).toEqual([]);
  });

  test.each([[Duration.days(30), 30], [Duration.hours(36), 1.5]])('on the expiry goes off at the notice: %s', (expiryNotice, Threshold) => {
    expect(alarmsOf(watched({ expiryNotice }).stack).expiry).toMatchObject({ Threshold, ComparisonOperator: 'LessThanThreshold', Statistic: 'Minimum' });
  });

  test('on the expiry is not there for a notice of 0 days', () => {
    const { stack, watchdog } = watched({ expiryNotice: Duration.days(0) });
    expect(watchdog.expiryAlarm).toBeUndefined();
    expect(resourcesOf(stack, 'AWS::CloudWatch::Alarm')).toHaveLength(2);
    expectSilence(stack);
  });

  test('gets the actions', () => {
    const { stack, watchdog } = watched();
    const actions = ['a', 'b'].map((name) => ({ bind: () => ({ alarmActionArn: `arn:aws:sns:eu-west-1:111122223333:${name}` }) }));
    watchdog.addAlarmAction(...actions);
    watchdog.expiryAlarm!.addAlarmAction({ bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111122223333:tickets' }) });
    const { cannotPull, expiry, pullFailed } = alarmsOf(stack);
    expect([cannotPull, pullFailed, expiry].map(({ AlarmActions }) => AlarmActions.length)).toEqual([2, 2, 3]);
  });

  test('says which secret is for which host, where to get new credentials, and how to store them', () => {
    const { cannotPull: { AlarmDescription: text } } = alarmsOf(watched().stack);
    expect(text).toContain(`secret ${SECRET_ARN} for ghcr.io`);
    expect(text).toContain('docs/registries.md#github-container-registry');
    expect(text).toContain('npx cdk-private-registry secret-json --update');
    expect(text).toContain(`aws secretsmanager put-secret-value --secret-id ${SECRET_ARN}`);
  });

  test('says as much as CloudWatch accepts about many secrets', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const credentials = Array.from({ length: 12 }, (_, index) => RegistryCredentials.fromSecretCompleteArn(`${SECRET_ARN.slice(0, -2)}${String(index).padStart(2, '0')}`));
    defineTasks(stack, credentials.map((one) => imageOf(IMAGE, { credentials: one })));
    for (const { AlarmDescription: text } of Object.values(alarmsOf(stack))) {
      expect(text.length).toBeLessThanOrEqual(1_024);
      expect(text).toMatch(/ghcr\.io.* \(and \d+ more\)\. To store them.*--secret-id SECRET /);
    }
  });

  test('has a description that CloudWatch accepts for a secret to which CloudFormation gives a name', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const password = SecretValue.cfnParameter(new CfnParameter(stack, 'Password', { noEcho: true }));
    const credentials = RegistryCredentials.fromSecretValue({ username: 'acme', password });
    defineTask(stack, imageOf(IMAGE, { credentials }), {}, `Platform${'x'.repeat(150)}`);
    const arnOf = ({ Ref }: any) => `arn:aws-us-gov:secretsmanager:ap-southeast-2:111122223333:secret:${Ref}-abcdefghijkl-a1B2c3`;
    for (const { AlarmDescription } of Object.values(alarmsOf(stack))) {
      const text = AlarmDescription['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : arnOf(part))).join('');
      expect(text.length).toBeLessThanOrEqual(1_024);
      expect(text).toMatch(/Credentials: secret arn:aws-us-gov:\S+ for ghcr\.io, .*--secret-id SECRET /);
    }
  });

  test('names a secret that is created under a condition only there', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    const condition = new CfnCondition(stack, 'Wanted', { expression: Fn.conditionEquals(stack.region, 'eu-west-1') });
    const secret = new secretsmanager.Secret(stack, 'Secret');
    const task = defineTask(stack, imageOf(IMAGE, { credentials: RegistryCredentials.fromSecret(secret) }));
    for (const { node } of [secret, task]) {
      (node.defaultChild as CfnResource).cfnOptions.condition = condition;
    }
    const reference = { 'Fn::If': ['Wanted', stack.resolve(secret.secretArn), 'SECRET'] };
    for (const { AlarmDescription } of Object.values(alarmsOf(stack))) {
      const parts = AlarmDescription['Fn::Join'][1].filter((part: unknown) => typeof part !== 'string');
      expect(parts).toContainEqual(reference);
      expect(parts).not.toContainEqual(stack.resolve(secret.secretArn));
    }
  });

  test('says how to store credentials if the name of the secret is too long', () => {
    const stack = checkedStack();
    new PullWatchdog(stack, 'Watchdog');
    defineTask(stack, imageOf(IMAGE, { credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN.replace('ghcr/pull', 'x'.repeat(512))) }));
    for (const { AlarmDescription: text } of Object.values(alarmsOf(stack))) {
      expect(text).toContain('secret-json --update');
      expect(text.length).toBeLessThanOrEqual(1_024);
    }
  });
});

test('the metrics can have another statistic and period', () => {
  const stack = checkedStack();
  const watchdog = new PullWatchdog(stack, 'Watchdog');
  const metrics = [
    watchdog.metricCannotPull(),
    watchdog.metricCannotTell({ period: Duration.days(1) }),
    watchdog.metricDaysToExpiry({ statistic: cloudwatch.Stats.AVERAGE }),
  ];
  expect(metrics.map(({ metricName, statistic, period, dimensions }) => [metricName, statistic, period.toMinutes(), dimensions])).toEqual([
    ['CannotPull', 'Maximum', 60, { Watchdog: 'Stack-Watchdog' }],
    ['CannotTell', 'Maximum', 1440, { Watchdog: 'Stack-Watchdog' }],
    ['DaysToExpiry', 'Average', 60, { Watchdog: 'Stack-Watchdog' }],
  ]);
});

describe('the metrics are those of one watchdog', () => {
  function dimensionOf(stackName: string, ...path: string[]): string {
    const stack = new Stack(newApp(CHECKED), 'Stack', { env: ENV, stackName });
    defineTask(stack, apiImage());
    const scope = path.slice(0, -1).reduce<Construct>((parent, id) => new Construct(parent, id), stack);
    new PullWatchdog(scope, path.at(-1)!);
    return inputsOf(stack)[0].Watch;
  }

  test('of two in a stack', () => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    new PullWatchdog(stack, 'Watchdog');
    new PullWatchdog(stack, 'Other watchdog');
    expect(inputsOf(stack).map(({ Watch }) => Watch)).toEqual(['Stack-Watchdog', expect.stringMatching(/^Stack-Other-watchdog-[0-9a-f]{16}$/)]);
  });

  test('whatever separates the words of paths and of the names of stacks', () => {
    const names = [
      dimensionOf('Apps', 'A', 'Watchdog'), dimensionOf('Apps', 'A-Watchdog'), dimensionOf('Apps', 'A Watchdog'), dimensionOf('Apps-A', 'Watchdog'),
      dimensionOf('Apps', 'Überwachung'), dimensionOf('Apps', 'Öberwachung'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(names[3]).toBe('Apps-A-Watchdog');
    for (const name of names) {
      expect(name).toMatch(/^[\w-]+$/);
    }
  });

  test('with names as long as CloudWatch accepts', () => {
    const stackName = 's'.repeat(128);
    const names = ['1', '2'].map((end) => dimensionOf(stackName, 'a'.repeat(120), `${'b'.repeat(120)}${end}`));
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(255);
    }
  });
});

describe('wrong options', () => {
  test.each<[what: unknown, interval: any, ...texts: string[]]>([
    ['30 seconds', Duration.seconds(30), 'interval of the PullWatchdog is 30 seconds', 'expected whole minutes, from 1 minute to 56 hours; write Duration.hours(1)'],
    ['0', Duration.minutes(0), 'whole minutes'],
    ['90 seconds', Duration.seconds(90), 'whole minutes'],
    ['57 hours', Duration.hours(57), 'is 2 days 9 hours'],
    ['a number', 60, 'is a value of type number'],
    ['a token', Duration.minutes(Lazy.number({ produce: () => 5 })), 'not known before the deployment'],
  ])('an interval of %s', (_, interval, ...texts) => {
    expectError(() => new PullWatchdog(checkedStack(), 'Watchdog', { interval }), 'invalidWatchInterval', ...texts);
  });

  test.each([Duration.minutes(1), Duration.seconds(120), Duration.minutes(59), Duration.hours(56)])('an interval of %s is right', (interval) => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    new PullWatchdog(stack, 'Watchdog', { interval });
    expectSilence(stack);
  });

  test('a notice that is no duration', () => {
    expectError(() => new PullWatchdog(checkedStack(), 'Watchdog', { expiryNotice: 14 as any }), 'invalidExpiryNotice', 'is a value of type number', 'Duration.days(14)');
  });
});
