import { dependencyCycle } from './dependency-cycle';
import { CONFIGURATIONS } from '../snapshots/configurations';
import { templatesOf } from '../snapshots/synthesize';
import { FLAG_SETS } from '../support/synth';

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  test.each(CONFIGURATIONS)('$name: CloudFormation finds an order for the resources', (configuration) => {
    const cycles = Object.values(templatesOf(configuration, flags)).map(dependencyCycle);

    expect(cycles.length).toBeGreaterThan(0);
    expect(cycles.filter((cycle) => cycle !== undefined)).toEqual([]);
  });
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
