import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as pipelines from 'aws-cdk-lib/pipelines';
import { appOf, authenticate, checkedStack, GHCR_SECRET_ARN, OWN_SECRET_ARN, pullsOf, stageIn, synthError, taskIn } from './support';
import { PrivateRegistries, PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectWarning } from '../support/errors';
import { fargateContainer } from '../support/jobs';
import { CHECKED, ENV, IMAGE, newApp, resourcesOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS } from '../support/tasks';

const OWN = RegistryCredentials.fromSecretCompleteArn(OWN_SECRET_ARN);
const { GHCR, QUAY } = RegistryProvider;

test('the nearest scope that serves the host wins, whichever was called first', () => {
  for (const isInnerFirst of [true, false]) {
    const stack = checkedStack();
    const inner = taskIn(stack, IMAGE, 'Inner');
    const outer = taskIn(stack, 'ghcr.io/acme/outer:1', 'Outer');
    inner.addContainer('quay', { image: ecs.ContainerImage.fromRegistry('quay.io/acme/x:1') });
    const calls = [
      () => PrivateRegistries.of(inner).add({ provider: GHCR, credentials: OWN }),
      () => PrivateRegistries.of(appOf(stack)).add({ provider: GHCR, credentials: CREDENTIALS }).add({ provider: QUAY, credentials: CREDENTIALS }),
    ];
    (isInnerFirst ? calls : calls.reverse()).forEach((call) => call());
    expect(pullsOf(stack)).toEqual({ [IMAGE]: OWN_SECRET_ARN, 'quay.io/acme/x:1': GHCR_SECRET_ARN, 'ghcr.io/acme/outer:1': GHCR_SECRET_ARN });
    expect(outer.executionRole).toBeDefined();
  }
});

test('exempt() leaves a construct and all below it alone, but for what a nearer scope authenticates', () => {
  const stack = checkedStack();
  const exempt = taskIn(stack, IMAGE, 'Exempt');
  taskIn(stack, 'ghcr.io/acme/other:1', 'Other');
  const nested = taskIn(exempt, 'ghcr.io/acme/nested:1', 'Nested');
  authenticate(appOf(stack));
  PrivateRegistries.exempt(exempt);
  PrivateRegistries.of(nested).add({ provider: GHCR, credentials: OWN });

  expect(pullsOf(stack)).toEqual({ [IMAGE]: undefined, 'ghcr.io/acme/other:1': GHCR_SECRET_ARN, 'ghcr.io/acme/nested:1': OWN_SECRET_ARN });
  expect(exempt.executionRole).toBeUndefined();
});

test('exempt() leaves a single container of a task or of a job alone', () => {
  const stack = checkedStack();
  const task = taskIn(stack, 'ghcr.io/acme/public:1');
  PrivateRegistries.exempt(task.defaultContainer!);
  task.addContainer('own', { image: ecs.ContainerImage.fromRegistry(IMAGE) });
  const container = fargateContainer(stack, ecs.ContainerImage.fromRegistry('ghcr.io/acme/job:1'));
  new batch.EcsJobDefinition(stack, 'Job', { container });
  PrivateRegistries.exempt(container);
  authenticate(appOf(stack));

  expect(synthError(stack)).toBeUndefined();
  expect(pullsOf(stack)).toEqual({ 'ghcr.io/acme/public:1': undefined, [IMAGE]: GHCR_SECRET_ARN });
  expect(resourcesOf(stack, 'AWS::Batch::JobDefinition')[0].Properties.ContainerProperties.RepositoryCredentials).toBeUndefined();
});

test('exempt() leaves the resource of a task definition alone', () => {
  const stack = checkedStack();
  PrivateRegistries.exempt(taskIn(stack, IMAGE).node.defaultChild!);
  authenticate(appOf(stack));
  expect(pullsOf(stack)).toEqual({ [IMAGE]: undefined });
});

test('exempt() of a scope that nothing covers gives a warning, in any order', () => {
  const [alone, covered] = [checkedStack(), checkedStack()];
  [alone, covered].forEach((stack) => {
    taskIn(stack, IMAGE);
    PrivateRegistries.exempt(stack);
  });
  authenticate(appOf(covered));
  [alone, covered].forEach((stack) => Template.fromStack(stack));
  expectWarning(alone, 'exemptWithoutEffect', 'Stack', 'PrivateRegistries.of()');
  expect(warningIdsOf(covered)).toEqual([]);
});

test('a registry that is authenticated twice is an error only if something differs', () => {
  const stack = checkedStack();
  const registries = PrivateRegistries.of(stack).add({ provider: GHCR, credentials: CREDENTIALS });
  expect(PrivateRegistries.of(stack)).toBe(registries);
  expect(() => registries.add({ provider: GHCR, credentials: CREDENTIALS })).not.toThrow();
  expect(() => registries.add({ provider: GHCR, credentials: RegistryCredentials.fromSecretCompleteArn(GHCR_SECRET_ARN) })).not.toThrow();
  const options = () => ({ pullCheck: { restrictedNetwork: true, timeout: Duration.seconds(30) }, rolePolicyManagedExternally: false });
  for (const same of [options(), { ...options(), pinDigest: false }]) {
    expect(() => registries.add({ provider: QUAY, credentials: CREDENTIALS, ...same })).not.toThrow();
  }
  expect(() => registries.add({ provider: GHCR, credentials: CREDENTIALS, pullCheck: {}, pinDigest: false })).not.toThrow();
  const longer = { restrictedNetwork: true, timeout: Duration.seconds(31) };
  expectError(() => registries.add({ provider: QUAY, credentials: CREDENTIALS, pullCheck: longer }), 'registryAuthenticatedTwice', 'quay.io');
  expect(() => registries.add({ provider: RegistryProvider.custom('registry.example.com'), credentials: OWN })).not.toThrow();
  expect(() => PrivateRegistries.of(appOf(stack)).add({ provider: GHCR, credentials: OWN })).not.toThrow();
  const others = [{ credentials: OWN }, { credentials: CREDENTIALS, pinDigest: true }, { credentials: RegistryCredentials.fromSecretName('ghcr-pull') }];
  for (const other of others) {
    expectError(() => registries.add({ provider: GHCR, ...other }), 'registryAuthenticatedTwice', 'ghcr.io', 'at Stack');
  }
  const alias = RegistryProvider.custom('hub.example.com', { aliases: ['ghcr.io'] });
  expectError(() => registries.add({ provider: alias, credentials: OWN }), 'registryAuthenticatedTwice', 'hub.example.com');
  const registry = new PrivateRegistry(stack, 'Ghcr', { provider: GHCR, credentials: OWN });
  expectError(() => registries.authenticate(registry), 'registryAuthenticatedTwice', 'ghcr.io');
  const nvidia = new PrivateRegistry(stack, 'Nvidia', { provider: RegistryProvider.NVIDIA, credentials: OWN });
  expect(() => registries.authenticate(nvidia).authenticate(nvidia, nvidia)).not.toThrow();
});

test.each([
  ['placeholder()', () => RegistryCredentials.placeholder()],
  ['fromParameters()', () => RegistryCredentials.fromParameters()],
])('add() refuses %s, and add() of anything else is checked', (_, credentials) => {
  const stack = checkedStack();
  expectError(() => PrivateRegistries.of(stack).add({ provider: GHCR, credentials: credentials() }), 'credentialsCreateSecret', 'ghcr.io', 'authenticate()');
  expectError(() => PrivateRegistries.of(stack).add({ provider: GHCR, credentials: GHCR_SECRET_ARN as any }), 'invalidCredentials');
});

describe('Stages', () => {
  test('those that exist are covered, with a check in each of their stacks', () => {
    const app = newApp(CHECKED) as App;
    const stacks = ['Test', 'Prod'].map((id) => stageIn(app, id).stack);
    stacks.forEach((stack) => taskIn(stack, IMAGE));
    authenticate(app);
    for (const stack of stacks) {
      expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN });
      Template.fromStack(stack).resourceCountIs('Custom::PrivateRegistryPullCheck', 1);
    }
  });

  test('one that is defined later is an error, unless of() is called again', () => {
    for (const isCalledAgain of [true, false]) {
      const app = newApp(CHECKED) as App;
      authenticate(app);
      const { stack } = stageIn(app, 'Prod');
      taskIn(stack, IMAGE);
      if (isCalledAgain) {
        PrivateRegistries.of(app);
      }
      const message = synthError(stack);
      expect(message?.includes('[cdk-private-registry:stageNotCovered]') ?? false).toBe(!isCalledAgain);
      expect(message?.includes('the Stage Prod has images of ghcr.io') ?? false).toBe(!isCalledAgain);
    }
  });

  test('one that is defined later and has nothing to authenticate is none', () => {
    const app = newApp(CHECKED) as App;
    authenticate(app);
    const { stack } = stageIn(app, 'Prod');
    taskIn(stack, 'quay.io/acme/x:1');
    PrivateRegistries.exempt(taskIn(stack, IMAGE, 'Exempt'));
    expect(synthError(stack)).toBeUndefined();
  });

  test('a pipeline synthesizes a Stage when it is added: of() comes before', () => {
    for (const isBefore of [true, false]) {
      const app = newApp(CHECKED) as App;
      const tools = new Stack(app, 'Tools', { env: ENV });
      const pipeline = new pipelines.CodePipeline(tools, 'Pipeline', {
        synth: new pipelines.ShellStep('Synth', { input: pipelines.CodePipelineSource.connection('acme/api', 'main', { connectionArn: 'arn:aws:codeconnections:eu-west-1:111122223333:connection/x' }), commands: ['npx cdk synth'] }),
      });
      const stage = new Stage(tools, 'Prod', { env: ENV });
      taskIn(new Stack(stage, 'Stack'), IMAGE);
      const steps = [() => authenticate(app), () => pipeline.addStage(stage)];
      (isBefore ? steps : steps.reverse()).forEach((step) => step());
      expect(synthError(tools)?.includes('[cdk-private-registry:stageNotCovered]') ?? false).toBe(!isBefore);
    }
  });
});
