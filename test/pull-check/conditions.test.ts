import * as cdk from 'aws-cdk-lib';
import { Aspects, CfnCondition, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IConstruct } from 'constructs';
import { PrivateRegistryImage, PullCheckFunction, RegistryCredentials } from '../../src';
import { CHECKED, FLAG_SETS, IMAGE, newStack, templateOf } from '../support/synth';
import { apiImage, defineTask, ecsRole, ownSecret } from '../support/tasks';

const CHECK = 'Custom::PrivateRegistryPullCheck';

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  const checkedStack = () => newStack({ ...flags, ...CHECKED });

  test('without conditions there are none', () => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    const { Conditions, Resources } = templateOf(stack);
    expect(Conditions).toBeUndefined();
    expect(Object.values<any>(Resources).filter((resource) => 'Condition' in resource)).toEqual([]);
  });

  test('an Aspect on a construct with a secret and a task', () => {
    const stack = checkedStack();
    const group = new Construct(stack, 'Group');
    defineTask(group, privateImage(ownSecret(group)), { executionRole: ecsRole(group) });
    createIf(condition(stack, 'IsHere'), group);

    expect(conditionsOf(stack, CHECK)).toEqual(['IsHere']);
    expect(policyConditions(stack, 'PrivateRegistryPull-')).toEqual(['IsHere']);
    expect(policyConditions(stack, 'ReadSecret')).toEqual(['IsHere']);
    expect(Object.keys(templateOf(stack).Conditions)).toEqual(['IsHere']);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('a conditional role of a conditional task has a conditional policy', () => {
    const stack = checkedStack();
    const executionRole = ecsRole(stack);
    const task = defineTask(stack, apiImage(), { executionRole });
    createIf(condition(stack, 'IsHere'), executionRole, task);

    expect(policyConditions(stack, 'PrivateRegistryPull-')).toEqual(['IsHere']);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('two tasks with different conditions', () => {
    const stack = checkedStack();
    const secret = ownSecret(stack);
    const executionRole = ecsRole(stack);
    const [blue, green] = ['Blue', 'Green'].map((id) => defineTask(stack, privateImage(secret), { executionRole }, id));
    const [isBlue, isGreen] = ['IsBlue', 'IsGreen'].map((id) => condition(stack, id));
    createIf(isGreen, green);
    createIf(isBlue, blue);
    const isEither = new CfnCondition(stack, 'IsEither', { expression: Fn.conditionOr(isBlue, isGreen) });
    createIf(isEither, secret, executionRole);

    const { Conditions } = templateOf(stack);
    const [id] = Object.keys(Conditions).filter((name) => name.startsWith('PrivateRegistryCondition'));
    expect(Conditions[id]).toEqual({ 'Fn::Or': [{ Condition: 'IsBlue' }, { Condition: 'IsGreen' }] });
    expect(conditionsOf(stack, CHECK)).toEqual([id]);
    expect(policyConditions(stack, 'PrivateRegistryPull-')).toEqual([id]);
    expect(policyConditions(stack, 'ReadSecret')).toEqual([id]);
    expect(Object.keys(Conditions)).toHaveLength(4);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('the policies of a function serve the checks of all images', () => {
    const stack = checkedStack();
    const secret = ownSecret(stack);
    const tasks = ['a', 'b'].map((name) => defineTask(stack, privateImage(secret, `ghcr.io/acme/${name}:1`), {}, name));
    createIf(condition(stack, 'IsA'), tasks[0]);
    createIf(condition(stack, 'IsB'), tasks[1]);

    const either = expect.stringMatching(/^PrivateRegistryCondition/);
    expect(conditionsOf(stack, CHECK)).toEqual(['IsA', 'IsB']);
    expect(policyConditions(stack, 'ReadSecret')).toEqual([either]);
    expect(policyConditions(stack, 'DescribeStack')).toEqual([either]);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('one of the tasks is always created', () => {
    const stack = checkedStack();
    const executionRole = ecsRole(stack);
    const task = defineTask(stack, apiImage(), { executionRole }, 'Sometimes');
    defineTask(stack, apiImage(), { executionRole }, 'Always');
    createIf(condition(stack, 'IsHere'), task);

    expect(conditionsOf(stack, CHECK)).toEqual([undefined]);
    expect(policyConditions(stack, '')).toEqual(policyConditions(stack, '').map(() => undefined));
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('a task that an override has pull another image still waits for the check', () => {
    const stack = checkedStack();
    const tasks = ['Checked', 'Overridden'].map((id) => defineTask(stack, apiImage(), {}, id));
    createIf(condition(stack, 'IsHere'), tasks[0]);
    (tasks[1].node.defaultChild as CfnResource).addPropertyOverride('ContainerDefinitions.0.Image', 'public.ecr.aws/nginx/nginx:1.27');

    expect(conditionsOf(stack, CHECK)).toEqual([undefined]);
  });

  test('a condition that is an override', () => {
    const stack = checkedStack();
    const secret = ownSecret(stack);
    const task = defineTask(stack, privateImage(secret), { executionRole: ecsRole(stack) });
    condition(stack, 'IsHere');
    [secret, task].forEach(({ node }) => (node.defaultChild as CfnResource).addOverride('Condition', 'IsHere'));

    expect(conditionsOf(stack, CHECK)).toEqual(['IsHere']);
    expect(policyConditions(stack, 'PrivateRegistryPull-')).toEqual(['IsHere']);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('an override that removes the condition of a task', () => {
    const stack = checkedStack();
    const task = defineTask(stack, apiImage());
    const resource = task.node.defaultChild as CfnResource;
    createIf(condition(stack, 'IsHere'), resource);
    resource.addDeletionOverride('Condition');

    expect(conditionsOf(stack, CHECK)).toEqual([undefined]);
  });

  test.each<[string, string | undefined, boolean, number]>([
    ['one of the tasks alone', 'IsHere', false, 0],
    ['one of the tasks, which has no condition', undefined, false, 0],
    ['all tasks', 'IsHere', true, 1],
    ['all tasks, which have no condition', undefined, true, 1],
  ])('a conditional resource that is awaited by %s', (_what, name, byAll, count) => {
    const stack = checkedStack();
    // Newer versions of aws-cdk-lib refuse what this app does itself: a task without a condition that waits for a resource with one.
    (cdk as any).Validations?.of(stack).acknowledge({ id: 'CloudFormation-Validate::E3005', reason: 'CloudFormation creates neither' });
    const tasks = ['Waiting', 'Other'].map((id) => defineTask(stack, apiImage(), {}, id));
    const fill = new CfnResource(stack, 'Fill', { type: 'Custom::Fill' });
    const isHere = condition(stack, 'IsHere');
    createIf(isHere, fill);
    const waiting = byAll ? tasks : [tasks[0]];
    for (const task of waiting) {
      task.node.addDependency(fill);
      name === undefined || createIf(isHere, task);
    }

    const { Resources } = templateOf(stack);
    const [check] = Object.values<any>(Resources).filter(({ Type }) => Type === CHECK);
    expect(check.DependsOn.filter((id: string) => id === 'Fill')).toHaveLength(count);
    expect(check.Condition).toBe(byAll ? name : undefined);
    const awaiting = Object.values<any>(Resources).filter(({ Type, DependsOn = [] }) => Type === 'AWS::ECS::TaskDefinition' && [DependsOn].flat().includes('Fill'));
    expect(awaiting).toHaveLength(waiting.length);
  });

  test('a digest that is pinned', () => {
    const stack = checkedStack();
    const secret = ownSecret(stack);
    const image = new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecret(secret), pinDigest: true });
    createIf(condition(stack, 'IsHere'), secret, defineTask(stack, image));

    expect(conditionsOf(stack, CHECK)).toEqual(['IsHere']);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('a function of the app with the condition of the tasks', () => {
    const stack = checkedStack();
    const group = new Construct(stack, 'Group');
    const checkFunction = new PullCheckFunction(group, 'Function');
    const credentials = RegistryCredentials.fromSecret(ownSecret(group));
    defineTask(group, new PrivateRegistryImage(IMAGE, { credentials, pullCheck: { checkFunction } }));
    createIf(condition(stack, 'IsHere'), group);

    expect(policyConditions(stack, 'DescribeStack')).toEqual(['IsHere']);
    expectNoReferenceToWhatIsNotCreated(stack);
  });

  test('an Aspect on the whole stack keeps its condition', () => {
    const stack = checkedStack();
    defineTask(stack, apiImage());
    createIf(condition(stack, 'IsHere'), stack);

    expect(Object.values<any>(templateOf(stack).Resources).map(({ Condition }) => Condition)).toEqual(expect.not.arrayContaining([undefined]));
  });

  test('more conditions than fit in one', () => {
    const stack = checkedStack();
    const names = Array.from({ length: 12 }, (_value, index) => `IsHere${index}`);
    for (const name of names) {
      createIf(condition(stack, name), defineTask(stack, apiImage(), {}, `Task${name}`));
    }

    const { Conditions, Resources } = templateOf(stack);
    const check = Object.values<any>(Resources).find(({ Type }) => Type === CHECK);
    const { 'Fn::Or': groups } = Conditions[check.Condition];
    expect(groups.map((group: any) => group['Fn::Or'].length)).toEqual([10, 2]);
    expect(groups.flatMap((group: any) => group['Fn::Or'].map(({ Condition }: any) => Condition)).sort()).toEqual(names.sort());
  });
});

function privateImage(secret: ReturnType<typeof ownSecret>, reference = IMAGE): ecs.ContainerImage {
  return new PrivateRegistryImage(reference, { credentials: RegistryCredentials.fromSecret(secret) });
}

function condition(stack: Stack, id: string): CfnCondition {
  return new CfnCondition(stack, id, { expression: Fn.conditionEquals(id, 'yes') });
}

/** As users give a condition to a part of a stack. */
function createIf(isHere: CfnCondition, ...scopes: IConstruct[]): void {
  for (const scope of scopes) {
    Aspects.of(scope).add({
      visit: (node) => {
        if (CfnResource.isCfnResource(node)) {
          node.cfnOptions.condition = isHere;
        }
      },
    });
  }
}

function conditionsOf(stack: Stack, type: string, matches: (resource: any) => boolean = () => true): Array<string | undefined> {
  return Object.values<any>(templateOf(stack).Resources)
    .filter((resource) => resource.Type === type && matches(resource))
    .map(({ Condition }) => Condition);
}

function policyConditions(stack: Stack, name: string): Array<string | undefined> {
  return conditionsOf(stack, 'AWS::IAM::Policy', ({ Properties }) => JSON.stringify(Properties.PolicyName).includes(name));
}

/** Asserts that whatever is true, CloudFormation creates all that is referred to by what it creates. */
function expectNoReferenceToWhatIsNotCreated(stack: Stack): void {
  const { Conditions = {}, Resources } = templateOf(stack);
  const names = Object.keys(Conditions).filter((name) => !('Fn::Or' in Conditions[name]));
  const combinations = names.reduce<string[][]>((smaller, fact) => [...smaller, ...smaller.map((one) => [...one, fact])], [[]]);
  for (const facts of combinations) {
    const holds = (name?: string): boolean => name === undefined || (
      names.includes(name) ? facts.includes(name) : Conditions[name]['Fn::Or'].some((one: any) => holds(one.Condition))
    );
    const missing = Object.entries<any>(Resources).filter(([, resource]) => holds(resource.Condition)).flatMap(([id, { Properties }]) => (
      referencesIn(Properties).filter((target) => target in Resources && !holds(Resources[target].Condition)).map((target) => `${id} -> ${target}`)
    ));
    expect(missing).toEqual([]);
  }
}

function referencesIn(value: unknown): string[] {
  const text = JSON.stringify(value ?? {});
  return [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)].map(([, id]) => id);
}
