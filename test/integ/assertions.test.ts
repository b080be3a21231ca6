import { Assertion, AssertionHarness, assertions, World } from './assertion-harness';

/*
 * Nobody sees the assertions at work before somebody deploys them. Here each of them is made as it would be there: it holds if
 * all is well, and does not if what it is about is not.
 */
const ALL = assertions();
const REFUSAL = ALL.filter(({ file }) => file === 'integ.image-not-found.ts');
const REST = ALL.filter((assertion) => !REFUSAL.includes(assertion));

const DIGEST = `sha256:${'0a'.repeat(32)}`;

let harness: AssertionHarness;
beforeAll(async () => {
  harness = await AssertionHarness.start();
});
afterAll(async () => harness.close());
// The function logs whatever it is asked.
beforeEach(() => {
  for (const method of ['log', 'info'] as const) {
    jest.spyOn(console, method).mockImplementation();
  }
});

/** All that the cases want. */
function wellDone({ file }: Assertion, changes: Partial<World> = {}): World {
  const tasks = file === 'integ.fargate-service.ts' ? 2 : 1;
  return {
    service: { desiredCount: tasks, runningCount: tasks, deployments: [{ rolloutState: 'COMPLETED' }] },
    stackStatus: 'CREATE_COMPLETE',
    outputs: { ExportsOutput: 'something else', Verdict0: 'OK', Verdict1: 'IMAGE_NOT_FOUND', PinnedImage: `ghcr.io/acme/api@${DIGEST}` },
    httpStatus: 200,
    ...changes,
  };
}

test.each(REST)('$file: $name holds if all is well', async (assertion) => {
  expect(await harness.holds(assertion, wellDone(assertion))).toBe(true);
});

describe.each<[what: string, kind: RegExp, change: (world: World) => Partial<World>]>([
  ['no task runs', /describeServices/, ({ service }) => ({ service: { ...service, runningCount: 0 } })],
  ['fewer tasks are wanted', /describeServices/, ({ service }) => ({ service: { ...service, desiredCount: 0, runningCount: 0 } })],
  ['the deployment goes on', /describeServices/, ({ service }) => ({ service: { ...service, deployments: [{ rolloutState: 'IN_PROGRESS' }] } })],
  ['the deployment failed', /describeServices/, ({ service }) => ({ service: { ...service, deployments: [{ rolloutState: 'FAILED' }] } })],
  ['an older deployment is there too', /describeServices/, ({ service }) => ({
    service: { ...service, deployments: [{ rolloutState: 'COMPLETED' }, { rolloutState: 'COMPLETED' }] },
  })],
  ['the image is public', /Verdict0/, ({ outputs }) => ({ outputs: { ...outputs, Verdict0: 'PUBLIC_IMAGE' } })],
  ['the check was not certain', /Verdict0/, ({ outputs }) => ({ outputs: { ...outputs, Verdict0: 'RATE_LIMITED' } })],
  ['the missing image is found', /Verdict1/, ({ outputs }) => ({ outputs: { ...outputs, Verdict1: 'OK' } })],
  ['there are no outputs', /Outputs/, () => ({ outputs: {} })],
  ['the image has no digest', /PinnedImage/, ({ outputs }) => ({ outputs: { ...outputs, PinnedImage: 'ghcr.io/acme/api:1.4.2' } })],
  ['the load balancer has no healthy target', /HttpCall/, () => ({ httpStatus: 503 })],
])('if %s', (_what, kind, change) => {
  const concerned = REST.filter(({ name }) => kind.test(name));

  test('there are assertions about it', () => expect(concerned).not.toEqual([]));

  test.each(concerned)('$file: $name does not hold', async (assertion) => {
    expect(await harness.holds(assertion, wellDone(assertion, change(wellDone(assertion))))).toBe(false);
  });
});

describe('a deployment that has to be refused', () => {
  test('is asked about by one assertion', () => expect(REFUSAL).toHaveLength(1));

  test.each([['CREATE_COMPLETE', false], ['ROLLBACK_COMPLETE', true]])('with the stack in %s: %s', async (stackStatus, expected) => {
    expect(await harness.holds(REFUSAL[0], wellDone(REFUSAL[0], { stackStatus }))).toBe(expected);
  });
});
