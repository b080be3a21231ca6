import { codeBlocks, documentAt } from './markdown';
import { ERROR_IDS, WARNING_IDS } from '../../src/private/errors';

const DOCUMENT = documentAt('docs/errors.md');
// The verdicts have sections of another form, and a test of their own.
const SECTIONS = DOCUMENT.split(/^## Verdicts of the pull check$/m)[0].split(/^(?=#{2,3} )/m).filter((section) => section.startsWith('### '));

test.each([
  ['error', ERROR_IDS],
  ['warning', WARNING_IDS],
] as const)('every %s has a section, and every section is about one that exists', (kind, ids) => {
  const documented = [...DOCUMENT.matchAll(new RegExp(`^\`cdk-private-registry:(\\w+)\`, ${kind}$`, 'gm'))].map(([, id]) => id);
  expect(documented.sort()).toEqual([...ids].sort());
});

test('every section is called by its id, and says when, why and what to do', () => {
  const form = /^### (\w+)\n\n`cdk-private-registry:\1`, (?:error|warning)\n\n- \*\*When:\*\* .+\n- \*\*Otherwise:\*\* .+\n- \*\*Do:\*\* .+\n\n?$/;
  expect(SECTIONS.filter((section) => !form.test(section))).toEqual([]);
});

test('the list at the top names every section', () => {
  const listed = [...DOCUMENT.matchAll(/^\*\*(?:Errors|Warnings)\.\*\*[^]*?\n\n/gm)].flatMap(([text]) => [...text.matchAll(/\[(\w+)\]/g)].map(([, id]) => id));
  expect(listed.sort()).toEqual([...ERROR_IDS, ...WARNING_IDS].sort());
});

test('the warning that the example acknowledges exists', () => {
  expect(documentedExample()).toMatch(new RegExp(`'cdk-private-registry:(?:${WARNING_IDS.join('|')})'`));
});

function documentedExample(): string {
  return codeBlocks(DOCUMENT.replace(/^ {2}/gm, ''), 'ts')[0].code;
}
