import { CfnDynamicReference, CfnDynamicReferenceService, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { asToken, certainlyDiffer, isDummy, isUnknown, literalPrefix } from '../../src/private/tokens';
import { newStack } from '../support/synth';

const UNKNOWN: Array<[what: string, value: (stack: Stack) => unknown]> = [
  ['a parameter', () => Fn.ref('Parameter')],
  ['a text that ends with a token', () => `ghcr.io/acme/api:${Fn.ref('Tag')}`],
  ['a number', () => Lazy.number({ produce: () => 1 })],
  ['a number that was read from a dummy', (stack) => Number(ssm.StringParameter.valueFromLookup(stack, '/memory'))],
  ['a list', () => Token.asList(Fn.getAzs())],
  ['a dummy', (stack) => ssm.StringParameter.valueFromLookup(stack, '/prod/api/version')],
  ['a text with a dummy', (stack) => `ghcr.io/acme/api:${ssm.StringParameter.valueFromLookup(stack, 'version')}-alpine`],
  ['the dummy of an ARN', () => 'arn:aws:iam::123456789012:role/DUMMY_ARN'],
  ['a dynamic reference', () => 'ghcr.io/acme/api:{{resolve:ssm:/prod/api/version}}'],
  ['a dynamic reference of a secret', () => '{{resolve:secretsmanager:tokens:SecretString:ghcr}}'],
  ['a dynamic reference as a token', (stack) => new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/x').toString() + stack.account],
  ['a dynamic reference that was cut at a colon', () => 'arn:aws:iam::{{resolve:ssm:/account}}:role/exec'.split(':')[4]],
];

test.each(UNKNOWN)('is not known yet: %s', (_, value) => {
  expect(isUnknown(value(newStack()))).toBe(true);
});

test.each<[string, unknown]>([
  ['text', 'ghcr.io/acme/api:1.4.2'],
  ['an image called dummy', 'ghcr.io/acme/dummy:1.4.2'],
  ['the account of the documentation', 'arn:aws:iam::123456789012:role/exec'],
  ['a number', 256],
  ['nothing', undefined],
])('is known: %s', (_, value) => {
  expect(isUnknown(value)).toBe(false);
});

test('a dummy is known when the app runs again, and a dynamic reference or a token never is', () => {
  expect(isDummy('dummy-value-for-/prod/api/version')).toBe(true);
  expect(isDummy('{{resolve:ssm:/prod/api/version}}')).toBe(false);
  expect(isDummy(Fn.ref('Parameter'))).toBe(false);
});

test.each([Fn.ref('Region'), '{{resolve:ssm:/region}}', 'dummy-value-for-/region'])('what is not known differs from nothing: %s', (unknown) => {
  expect(certainlyDiffer(unknown, 'eu-west-1')).toBe(false);
  expect(certainlyDiffer('eu-west-1', unknown)).toBe(false);
  expect(certainlyDiffer('eu-west-1', 'eu-west-1')).toBe(false);
  expect(certainlyDiffer('eu-west-1', 'us-east-1')).toBe(true);
});

test.each([Fn.ref('Tag'), '{{resolve:ssm:/tag}}', 'dummy-value-for-/tag'])('the text before what is not known: %s', (unknown) => {
  expect(literalPrefix(`ghcr.io/acme/api:${unknown}-alpine`)).toBe('ghcr.io/acme/api:');
});

test('as a token, a text is the same in the template, and what is known stays as it is', () => {
  const stack = newStack();
  expect(Token.isUnresolved(asToken('{{resolve:ssm:/arn}}'))).toBe(true);
  expect(stack.resolve(asToken('{{resolve:ssm:/arn}}'))).toBe('{{resolve:ssm:/arn}}');
  expect(asToken('ghcr-pull')).toBe('ghcr-pull');
});
