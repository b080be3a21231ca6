import { isKnown, qualified, Template } from '../../src/assembly/template';
import { inEachWorld, World } from '../../src/assembly/world';

const ENVIRONMENT = { 'AWS::Region': 'eu-west-1' };
const SECTIONS = {
  Parameters: { Tag: { Type: 'String', Default: '1' }, Stage: { Type: 'String', AllowedValues: ['dev', 'prod'] } },
  Mappings: { Tags: { 'eu-west-1': { api: '1.4.2' } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
    IsNotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    IsEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    IsOpen: { 'Fn::Equals': [{ Ref: 'Tag' }, '1'] },
    IsOther: { 'Fn::Equals': [{ Ref: 'Tag' }, '2'] },
    IsBoth: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsOpen' }] },
    IsAny: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsOpen' }] },
    IsLive: { 'Fn::Equals': [{ 'Fn::ImportValue': { Ref: 'Tag' } }, 'prod'] },
    IsSpare: { 'Fn::Equals': [{ 'Fn::ImportValue': { Ref: 'Stage' } }, 'spare'] },
    IsAlike: { 'Fn::Equals': [{ 'Fn::ImportValue': { Ref: 'Tag' } }, { 'Fn::ImportValue': { Ref: 'Stage' } }] },
    IsCircular: { 'Fn::Not': [{ Condition: 'IsCircular' }] },
  },
  Resources: {
    Check: { Type: 'Custom::PrivateRegistryPullCheck', Properties: { Image: { 'Fn::Sub': 'ghcr.io/acme/api:${Tag}' }, Secret: 'ghcr/pull' } },
    Circular: { Type: 'Custom::PrivateRegistryPullCheck', Properties: { Image: { 'Fn::GetAtt': ['Circular', 'Image'] } } },
    Repository: { Type: 'AWS::ECR::Repository' },
    Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Passed: 'ghcr.io', Tag: { Ref: 'Tag' } } } },
  },
};

function newTemplate(json: Record<string, unknown> = SECTIONS, exports = new Map(), environment: Record<string, string> = ENVIRONMENT): Template {
  return new Template('Main', json, environment, exports);
}

test.each<[value: unknown, text: string | undefined]>([
  ['ghcr.io/acme/api:1', 'ghcr.io/acme/api:1'],
  [8080, '8080'],
  [undefined, undefined],
  [{ Ref: 'AWS::NoValue' }, undefined],
  [{ Ref: 'AWS::Region' }, 'eu-west-1'],
  [{ Ref: 'AWS::AccountId' }, '${AWS::AccountId}'],
  [{ Ref: 'Tag' }, '${Tag}'],
  [{ 'Fn::Join': ['/', ['ghcr.io', 'acme', { Ref: 'Tag' }]] }, 'ghcr.io/acme/${Tag}'],
  [{ 'Fn::Join': ['', ['ghcr.io', { Ref: 'AWS::NoValue' }]] }, 'ghcr.io'],
  [{ 'Fn::Join': ['', { Ref: 'List' }] }, '${Fn::Join}'],
  [{ 'Fn::Sub': 'ghcr.io/${AWS::Region}/api:${Tag}' }, 'ghcr.io/eu-west-1/api:${Tag}'],
  [{ 'Fn::Sub': ['${Host}/api:${!Tag}', { Host: 'ghcr.io' }] }, 'ghcr.io/api:${Tag}'],
  [{ 'Fn::Sub': '${Check.Image}@${Repository.Arn}' }, 'ghcr.io/acme/api:${Tag}@${Repository.Arn}'],
  [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'ghcr.io/acme/api'] }] }, 'acme'],
  [{ 'Fn::Select': [1, ['ghcr.io', { Ref: 'Tag' }]] }, '${Tag}'],
  [{ 'Fn::Select': [7, ['ghcr.io']] }, '${Fn::Select}'],
  [{ 'Fn::Select': [1, { 'Fn::Split': [':', { Ref: 'Tag' }] }] }, '${Fn::Select}'],
  [{ 'Fn::FindInMap': ['Tags', { Ref: 'AWS::Region' }, 'api'] }, '1.4.2'],
  [{ 'Fn::FindInMap': ['Tags', { Ref: 'Tag' }, 'api'] }, '${Fn::FindInMap}'],
  [{ 'Fn::GetAtt': ['Check', 'Image'] }, 'ghcr.io/acme/api:${Tag}'],
  [{ 'Fn::GetAtt': 'Check.CredentialsParameter' }, 'ghcr/pull'],
  [{ 'Fn::GetAtt': ['Check', 'Digest'] }, '${Check.Digest}'],
  [{ 'Fn::GetAtt': ['Circular', 'Image'] }, '${Fn::GetAtt}'],
  [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, '${AWS::AccountId}.dkr.ecr.eu-west-1.${AWS::URLSuffix}/${Repository}'],
  [{ 'Fn::GetAtt': ['Nested', 'Outputs.Image'] }, '${Nested.Outputs.Image}'],
  [{ 'Fn::If': ['IsEurope', 'ghcr.io', 'quay.io'] }, 'ghcr.io'],
  [{ 'Fn::ImportValue': 'Image' }, '${Fn::ImportValue:Image}'],
  [{ 'Fn::ImportValue': { Ref: 'Tag' } }, '${Fn::ImportValue}'],
  [{ 'Fn::Transform': { Name: 'AWS::Include' } }, '${Fn::Transform}'],
  [{ Image: 'no function' }, '${...}'],
  [['a', 'b'], '${...}'],
])('%j is %s', (value, text) => {
  expect(newTemplate().text(value, new World([]))).toBe(text);
});

test.each<[conditions: string[], worlds: boolean[][]]>([
  [['IsProd'], [[true], [false]]],
  [['IsProd', 'IsProd'], [[true, true], [false, false]]],
  [['IsProd', 'IsNotProd'], [[true, false], [false, true]]],
  [['IsProd', 'IsDev'], [[true, false], [false, true]]],
  [['IsTest'], [[false]]],
  [['IsOpen', 'IsOther'], [[true, false], [false, true], [false, false]]],
  [['IsEurope'], [[true]]],
  [['IsBoth'], [[true], [false], [false]]],
  [['IsAny', 'IsProd'], [[true, true], [true, false], [false, false]]],
  [['Missing'], [[true], [false]]],
  [['IsLive', 'IsSpare'], [[true, true], [true, false], [false, true], [false, false]]],
  [['IsAlike'], [[true], [false]]],
  [['IsCircular'], [[expect.any(Boolean)]]],
])('the conditions %j are decided without a contradiction', (conditions, worlds) => {
  const template = newTemplate();
  const decided = inEachWorld((world) => conditions.map((name) => template.text({ 'Fn::If': [name, 'true', 'false'] }, world) === 'true'));
  expect(decided).toEqual(worlds);
});

test('so many conditions that nobody wants to read all cases are given up', () => {
  expect(inEachWorld((world) => Array.from({ length: 12 }, (_, index) => world.decide(`${index}`)))).toBeUndefined();
  expect(inEachWorld((world) => Array.from({ length: 8 }, (_, index) => world.decide(`${index}`)))).toHaveLength(256);
});

test('a nested stack has the values that are passed to it, and its outputs are those of its parent', () => {
  const parent = newTemplate();
  const nested = parent.nest(parent.resources.get('Nested')!, 'Main/Nested', {
    Outputs: { Image: { Value: { 'Fn::Sub': '${Passed}/acme/api:${Own}' } } },
  });
  expect(nested.text({ Ref: 'Passed' }, new World([]))).toBe('ghcr.io');
  expect(nested.text({ Ref: 'Tag' }, new World([]))).toBe('${Main:Tag}');
  expect(parent.text({ 'Fn::GetAtt': ['Nested', 'Outputs.Image'] }, new World([]))).toBe('ghcr.io/acme/api:${Main/Nested:Own}');
});

test('what another stack exports names that stack', () => {
  const exports = new Map();
  newTemplate({ Outputs: { Secret: { Value: { Ref: 'Secret' }, Export: { Name: 'Secret' } } } }, exports);
  expect(newTemplate({}, exports).text({ 'Fn::ImportValue': 'Secret' }, new World([]))).toBe('${Main:Secret}');
  expect(qualified('${Main:Secret}-${AWS::Region}-${Own}', 'Other')).toBe('${Main:Secret}-${AWS::Region}-${Other:Own}');
});

test('what another account or Region exports, or two stacks export alike, is not known', () => {
  const exportOf = (value: unknown) => ({ Outputs: { Tag: { Value: value, Export: { Name: 'Tag' } } } });
  const london = { 'AWS::Region': 'eu-west-2' };
  const exports = new Map();
  newTemplate(exportOf('1'), exports);
  newTemplate(exportOf('2'), exports, london);
  const imported = (environment: Record<string, string>) => newTemplate({}, exports, environment).text({ 'Fn::ImportValue': 'Tag' }, new World([]));
  expect(['eu-west-1', 'eu-west-2', 'us-east-1'].map((region) => imported({ 'AWS::Region': region }))).toEqual(['1', '2', '${Fn::ImportValue:Tag}']);
  expect(imported({})).toBe('${Fn::ImportValue:Tag}');
  newTemplate(exportOf('3'), exports);
  expect(imported(ENVIRONMENT)).toBe('${Fn::ImportValue:Tag}');
  expect(imported(london)).toBe('2');
});

test('resources of Fn::ForEach are there once', () => {
  const { resources } = newTemplate({ Resources: { 'Fn::ForEach::Tasks': ['Name', ['a', 'b'], { 'Task${Name}': { Type: 'AWS::ECS::TaskDefinition' } }] } });
  expect([...resources.values()]).toEqual([expect.objectContaining({ logicalId: 'Task${Name}', type: 'AWS::ECS::TaskDefinition' })]);
});

test.each([['ghcr.io/acme/api:1', true], ['ghcr.io/acme/api:${Tag}', false], ['{{resolve:ssm:/image}}', false]])('%s is known: %s', (text, known) => {
  expect(isKnown(text)).toBe(known);
});
