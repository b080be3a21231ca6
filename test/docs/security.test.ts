import { documentAt } from './markdown';
import { FINDINGS_OF_THE_LIBRARY } from '../../scripts/templates/accepted-nag-findings';

test('what cdk-nag says is what is accepted in the check of the templates', () => {
  const rows = FINDINGS_OF_THE_LIBRARY.map(({ rule, reason }) => `| \`${rule}\` | ${reason} |`);
  expect(documentAt('docs/security.md')).toContain(['| Rule | Why it stays |', '| --- | --- |', ...rows, ''].join('\n'));
});
