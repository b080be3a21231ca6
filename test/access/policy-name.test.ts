import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { policyName } from '../../src/access/policy-name';

const LONGEST_REGION = 'us-isof-south-1';
const HASH = '0123456789abcdef';

test.each([
  ['PrivateRegistryPull', undefined],
  ['PrivateRegistryAccess', undefined],
  ['PrivateRegistryPullCheckReadSecret', HASH],
  ['PrivateRegistryPullCheckDescribeStack', HASH],
])('%s: at most 128 characters, with the longest stack name and Region', (purpose, id) => {
  const stack = new Stack(new App(), 'Stack', { stackName: `A${'stack-'.repeat(21)}Z`, env: { region: LONGEST_REGION } });
  const scope = new Construct(new NestedStack(stack, 'N'.repeat(200)), 'C'.repeat(200));

  for (const name of [policyName(stack, purpose, id), policyName(scope, purpose, id)]) {
    expect(name.length).toBeLessThanOrEqual(128);
    expect(name).toMatch(new RegExp(`^${purpose}-[\\w+=,.@-]+-${LONGEST_REGION}$`));
  }
});

test('two stacks whose long names differ at one end only have two names', () => {
  const names = ['A', 'B'].map((end) => policyName(new Stack(new App(), 'Stack', { stackName: `${'s'.repeat(120)}${end}` }), 'PrivateRegistryPull'));
  expect(names[0]).not.toBe(names[1]);
});
