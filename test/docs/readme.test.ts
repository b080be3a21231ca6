import { codeBlocks, documentAt } from './markdown';
import { RegistryCredentials } from '../../src';

const README = documentAt('README.md');

test('is read in ten minutes: at most 2,600 words, as wc -w counts them', () => {
  expect(README.split(/\s+/).filter((word) => word !== '').length).toBeLessThanOrEqual(2600);
});

test('the example in Python is the first one of a new service', () => {
  const [python] = codeBlocks(README, 'python');
  const { code } = codeBlocks(README, 'ts').find(({ heading }) => heading === 'A new service')!;
  const valuesIn = (text: string) => text.match(/(?<=['"])(?:ghcr|arn)[^'"]+|\d+(?=,\n)/g);
  expect(valuesIn(python.code)).toEqual(valuesIn(code));
});

test('the error at synth is what the library throws', () => {
  const partialArn = () => RegistryCredentials.fromSecretCompleteArn('arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull');
  const [{ code }] = codeBlocks(README, 'text');
  expect(partialArn).toThrow(expect.objectContaining({ message: code.trimEnd() }));
});

test('the reason of a stopped deployment is that of the document about the check', () => {
  // Which a test compares with what the check says.
  const [, { code }] = codeBlocks(README, 'text');
  expect(code).toBe(codeBlocks(documentAt('docs/pull-check.md'), 'text')[0].code);
});
