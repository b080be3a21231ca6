import { dependencyCycle } from './dependency-cycle';
import { CONFIGURATIONS } from '../snapshots/configurations';
import { AssemblyFile, synthesize, templatesOf } from '../snapshots/synthesize';
import { FLAG_SETS } from '../support/synth';

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  test.each(CONFIGURATIONS)('$name: CloudFormation finds an order for the resources', (configuration) => {
    const cycles = Object.values(templatesOf(configuration, flags)).map(dependencyCycle);

    expect(cycles.length).toBeGreaterThan(0);
    expect(cycles.filter((cycle) => cycle !== undefined)).toEqual([]);
  });

  test.each(CONFIGURATIONS)('$name: CloudFormation finds an order for the stacks', (configuration) => {
    expect(dependencyCycle({ Resources: stacksOf(synthesize(configuration, flags)) })).toBeUndefined();
  });
});

test('the stack of the tasks waits for the one that fills the secret of the registry', () => {
  const configuration = CONFIGURATIONS.find(({ name }) => name === 'registry-of-another-stack-that-waits')!;
  expect(stacksOf(synthesize(configuration, {}))).toMatchObject({ Stack: { DependsOn: expect.arrayContaining(['Registry']) } });
});

describe('the search finds a cycle', () => {
  test.each<[string, unknown]>([
    ['Ref', { Ref: 'A' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['A', 'Arn'] }],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'A.Arn' }],
    ['Fn::Sub', { 'Fn::Sub': 'arn:${AWS::Partition}:${A}' }],
    ['Fn::Sub with an attribute', { 'Fn::Sub': '${A.Arn}/x' }],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${Name}', { Name: { Ref: 'A' } }] }],
    ['Fn::Join', { 'Fn::Join': ['', ['x', { Ref: 'A' }]] }],
  ])('through %s', (_function, value) => {
    expect(dependencyCycle({ Resources: { A: { DependsOn: ['B'] }, B: { Properties: { List: [{ Value: value }] } } } }))
      .toEqual(['A', 'B', 'A']);
  });

  test('of any length, and away from the first resource', () => {
    const waitsFor = (...DependsOn: string[]) => ({ DependsOn });
    expect(dependencyCycle({ Resources: { A: waitsFor('B'), B: waitsFor('D', 'C'), C: waitsFor('E'), D: {}, E: waitsFor('B') } }))
      .toEqual(['B', 'C', 'E', 'B']);
  });

  test('of a task definition whose log group waits for the policy that names it', () => {
    expect(dependencyCycle({
      Resources: {
        Task: { Properties: { Logs: { Ref: 'Logs' } }, DependsOn: ['Policy'] },
        Logs: { DependsOn: ['Policy'] },
        Policy: { Properties: { Resource: { 'Fn::GetAtt': ['Logs', 'Arn'] } } },
      },
    })).toEqual(['Policy', 'Logs', 'Policy']);
  });

  test('but none where two paths meet, in a parameter or in a literal', () => {
    expect(dependencyCycle({
      Parameters: { Name: { Type: 'String' } },
      Resources: {
        A: { DependsOn: ['B', 'C'] },
        B: { DependsOn: 'D' },
        C: { Properties: { Value: { Ref: 'D' }, Name: { Ref: 'Name' } } },
        D: { Properties: { Text: { 'Fn::Sub': '${!A} ${Name}' } } },
      },
    })).toBeUndefined();
  });
});

/** The stacks of an assembly as if they were resources: `cdk deploy` deploys what a stack depends on before it. */
function stacksOf(files: AssemblyFile[]): Record<string, { readonly DependsOn: string[] }> {
  const { artifacts } = JSON.parse(files.find(({ path }) => path === 'manifest.json')!.text);
  return Object.fromEntries(Object.entries<any>(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { dependencies = [] }]) => [id, { DependsOn: dependencies }]));
}
