import { documentAt } from './markdown';
import { EXAMPLES, play } from './verdict-examples';
import { DEPLOY_ANYWAY } from '../../src/pull-check/handler/respond';
import { kindOf, Verdict, VERDICTS } from '../../src/runtime/check';
import { useBench } from '../support/check-harness';

const README = documentAt('docs/pull-check.md');
const CHAPTER = documentAt('docs/errors.md').split(/^## Verdicts of the pull check$/m)[1];

const STOPS = { 'yes': 'no', 'no': 'yes', 'not-definite': 'no' };
const CONDITIONS: Partial<Record<Verdict, string>> = {
  HOST_NOT_LISTED: 'with `requireHosts`', TLS_UNTRUSTED: 'with Fargate', SECRET_ACCESS_DENIED: 'if certain', KMS_ACCESS_DENIED: 'if certain',
};
const BEGINNINGS = { 'yes': 'Does not stop the deployment', 'no': 'Stops the deployment', 'not-definite': 'Does not stop the deployment' };

describe('README', () => {
  const bench = useBench();

  test.each(VERDICTS)('%s is in the table, with what the check says', async (verdict) => {
    const result = await play(bench(), EXAMPLES[verdict]);
    const stops = CONDITIONS[verdict] ?? STOPS[kindOf(verdict)];
    expect(result.verdict).toBe(verdict);
    expect(README).toContain(`\n| \`${verdict}\` | ${stops} | ${shortened(result.message)} |\n`);
  });

  test('has no other verdict in the table', () => {
    const [, table] = README.split('| Verdict | Stops | Example message |');
    expect([...table.split('\n\n')[0].matchAll(/^\| `(\w+)`/gm)].map(([, verdict]) => verdict)).toEqual(VERDICTS);
  });

  test('the reason of a failed deployment ends with the verdict and the way out', async () => {
    const { verdict, message } = await play(bench(), EXAMPLES.CREDENTIALS_REJECTED);
    expect(README).toContain(`\n${message} [${verdict}]; ${DEPLOY_ANYWAY}\n`);
  });
});

describe('docs/errors.md', () => {
  const sections = CHAPTER.split(/^(?=### )/m).slice(1);

  test('has a section for each verdict, in the same order, and for nothing else', () => {
    expect(sections.map((section) => /^### (\w+)\n/.exec(section)?.[1])).toEqual(VERDICTS);
  });

  test.each(sections.map((section) => [section.slice(4, section.indexOf('\n')) as Verdict, section] as const))('%s: whether it stops a deployment, why and what to do', (verdict, section) => {
    expect(section).toMatch(/^### \w+\n\n.+\.\n\n- \*\*Cause:\*\* .+\n- \*\*Do:\*\* .+\n\n?$/);
    expect(section.split('\n\n')[1]).toMatch(new RegExp(`^${BEGINNINGS[kindOf(verdict)]}`));
  });

  test('the list at the top links all of them', () => {
    const [list] = CHAPTER.split(/^### /m);
    expect([...list.matchAll(/\[(\w+)\]\(#(\w+)\)/g)].map(([, verdict, anchor]) => [verdict, anchor])).toEqual(VERDICTS.map((verdict) => [verdict, verdict.toLowerCase()]));
  });
});

function shortened(message: string): string {
  return message.replace(/sha256:[0-9a-f]{64}/, 'sha256:...');
}
