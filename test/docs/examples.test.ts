import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { runExample, typeErrors } from './example';
import { allDocuments, codeBlocks, documentAt } from './markdown';
import { ADDED_BY_PULL_CHECK } from '../contract/moving-over.differences';
import { warningIdsOf } from '../support/synth';

/** A function for apps with cdk-nag, which npm run verify:templates runs. */
const OTHERWISE = 'docs/security.md, cdk-nag findings';
const EXAMPLES = allDocuments().flatMap((path) => (
  codeBlocks(documentAt(path), 'ts').map(({ heading, code }) => ({ name: `${path}, ${heading}`, code }))
)).filter(({ name }) => name !== OTHERWISE);
/** The compiler reads all types of aws-cdk-lib, which takes its time on a busy machine. */
const MINUTES = 300_000;
const WARNINGS: Record<string, string[]> = {
  'docs/recipes.md, A central security account': ['crossAccountSecret'],
};

test.each(EXAMPLES)('$name: synthesizes, and warns about nothing but what its text says', ({ name, code }) => {
  const stacks = stacksOf(runExample(code));
  stacks.forEach((stack) => Template.fromStack(stack));
  expect(stacks.flatMap(warningIdsOf)).toEqual(WARNINGS[name] ?? []);
});

test('every example compiles', () => {
  expect(typeErrors(EXAMPLES)).toEqual([]);
}, MINUTES);

test.each(codeBlocks(documentAt('docs/moving-over.md'), 'diff'))('$heading: no logical id and no type changes, and nothing is added but the check', ({ code }) => {
  const [before, after] = ['+', '-'].map((sign) => {
    const lines = code.split('\n').filter((line) => !line.startsWith(sign)).map((line) => line.slice(1));
    const stack = runExample(`declare const secret: secretsmanager.ISecret;\n${lines.join('\n')}`);
    return Object.entries(Template.fromStack(stack).toJSON().Resources).map(([id, { Type }]: any) => `${id} ${Type}`);
  });
  expect(after).toEqual(expect.arrayContaining(before));
  const added = after.filter((resource) => !before.includes(resource)).map((resource) => resource.split(' ')[1]);
  expect([...new Set(added)].sort()).toEqual([...ADDED_BY_PULL_CHECK].sort());
});

function stacksOf(stack: Stack): Stack[] {
  return (stack.node.root as App).node.findAll().filter(Stack.isStack);
}
