import { SILENCE, AwsScript } from '../support/fake-aws';
import { leaksIn } from '../support/leaks';
import { expectPassed, expectStopped, HOST, IMAGE_NAME, SECRET_ARN, STACK_ID, usePullCheckBench, Event } from '../support/pull-check-bench';
import { IMAGE, registry } from '../support/registry-script';
import { SIGNATURE } from '../support/response-server';
import { errors } from '../support/scripted-registry';

const bench = usePullCheckBench();

const OK = { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` };
const refusing = registry(HOST, { manifest: () => errors(403, 'DENIED') });

function stackIn(StackStatus: string): AwsScript {
  return { describeStacks: () => ({ StackName: 'Stack', StackId: STACK_ID, StackStatus, CreationTime: '2026-01-01T00:00:00Z' }) };
}

describe('delete', () => {
  test.each<[what: string, others: Event]>([
    ['', {}],
    [' of a resource that was never created', { PhysicalResourceId: 'Stack-PrivateRegistryPullCheck1a2b3c4d-1X2Y3Z' }],
    [' of a resource with properties that nobody knows any more', { ResourceProperties: { Picture: 7 } }],
    [' without properties', { ResourceProperties: undefined }],
  ])('succeeds at once and asks nobody%s', async (_, others) => {
    const { response, invocation } = await bench().answer(bench().event('Delete', {}, others), { registry: refusing });
    expect(response.Status).toBe('SUCCESS');
    expect(invocation.log).toBe('');
    expect([bench().aws.calls, bench().registry.seen]).toEqual([[], []]);
  });

  test('after a create that failed succeeds', async () => {
    const failed = await bench().answer(bench().event('Create'), { registry: refusing });
    expectStopped(failed, 'PULL_DENIED', /cannot pull/);
    const { PhysicalResourceId } = failed.response;
    const { response } = await bench().answer(bench().event('Delete', {}, { PhysicalResourceId }), { registry: refusing });
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  });
});

describe('update, when a parameter has a new value', () => {
  test('passes if the image can be pulled, and keeps the physical id', async () => {
    const event = bench().event('Update', {}, { PhysicalResourceId: 'id-of-the-create', OldResourceProperties: bench().properties({ Image: `${HOST}/acme/api:1.4.1` }) });
    expectPassed(await bench().answer(event), 'OK', OK);
    expect(bench().aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
  });

  test.each(['UPDATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'IMPORT_IN_PROGRESS'])('stops the deployment if it cannot be pulled, in the state %s', async (state) => {
    expectStopped(await bench().answer(bench().event('Update'), { registry: refusing, aws: stackIn(state) }), 'PULL_DENIED', /cannot pull/);
    expect(bench().aws.calls[1]).toEqual({ operation: 'DescribeStacks', region: 'eu-west-1', input: expect.objectContaining({ StackName: STACK_ID }) });
  });

  test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED', 'IMPORT_ROLLBACK_IN_PROGRESS'])('never stops a rollback: %s', async (state) => {
    const answered = await bench().answer(bench().event('Update'), { registry: refusing, aws: stackIn(state) });
    expectPassed(answered, 'PULL_DENIED');
    expect(answered.response.Reason).toContain('cannot pull');
  });

  test.each<[what: string, describeStacks: AwsScript['describeStacks']]>([
    ['denied', () => ({ error: 'AccessDenied', status: 403, message: 'not authorized to perform: cloudformation:DescribeStacks' })],
    ['throttled', () => ({ error: 'Throttling', message: 'Rate exceeded' })],
    ['without a state', () => ({})],
    ['without an answer', () => SILENCE],
  ])('never stops what may be a rollback: DescribeStacks is %s', async (_, describeStacks) => {
    expectPassed(await bench().answer(bench().event('Update'), { registry: refusing, aws: { describeStacks } }, bench().hurried), 'PULL_DENIED');
  });

  test('asks for the state of the stack only if there is something to stop', async () => {
    expectPassed(await bench().answer(bench().event('Update', { Mode: 'WARN' }), { registry: refusing }), 'PULL_DENIED');
    expect(bench().aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
  });
});

describe('the answer', () => {
  test.each<[what: string, script: typeof refusing]>([['yes', registry(HOST)], ['no', refusing]])('to a request that is delivered twice is the same: %s', async (_, script) => {
    const event = bench().event('Create');
    await bench().answer(event, { registry: script });
    // The bodies of both are compared there.
    await bench().again(event);
    expect(bench().cloudFormation.seen).toHaveLength(2);
  });

  test('is sent again if it was not taken', async () => {
    const { invocation, log } = await bench().answer(bench().event('Create'), { failures: [503, 'cut'] }, bench().hurried);
    expect(bench().cloudFormation.seen).toHaveLength(3);
    expect(invocation).not.toHaveProperty('error');
    expect(log.slice(1)).toEqual([1, 2].map((attempt) => ({ event: 'response not delivered', attempt, reason: attempt === 1 ? 'HTTP 503' : 'UND_ERR_SOCKET' })));
  });

  test.each(['Create', 'Delete'] as const)('to %s fails the invocation if it is never taken, so that Lambda repeats it', async (type) => {
    const { invocation } = await bench().answer(bench().event(type), { failures: Array(10).fill(503) }, bench().hurried);
    expect(invocation.error).toMatch(/^Error: CloudFormation did not accept the response \(HTTP 503\)$/);
    expect(bench().cloudFormation.seen).toHaveLength(4);
    const repeated = await bench().answer(bench().event(type), {}, bench().hurried);
    expect(repeated.response.Status).toBe('SUCCESS');
  });

  test.each<[what: string, properties: unknown]>([
    ['without properties', undefined],
    ['with null', null],
    ['with a platform that is no text', { Image: IMAGE_NAME, Secret: SECRET_ARN, SecretRegion: 'eu-west-1', Platform: {} }],
  ])('comes to every request, and never stops a deployment because of a bug: %s', async (_, ResourceProperties) => {
    const { response } = await bench().answer(bench().event('Create', {}, { ResourceProperties }), {}, bench().hurried);
    expect(response).toMatchObject({ Status: 'SUCCESS', Data: { Verdict: 'PROTOCOL_ERROR', Digest: '', Image: (ResourceProperties as any)?.Image ?? '' } });
    expect(Object.keys(response.Data).sort()).toEqual(['CredentialsParameter', 'Digest', 'ExpiresOn', 'Image', 'Verdict']);
  });

  test.each(['x'.repeat(9_000), '"'.repeat(4_000), 'ä'.repeat(3_000)])('fits, whatever text is the id of the secret', async (Secret) => {
    const getSecretValue = () => ({ error: 'InternalServiceError', message: '' });
    const { response } = await bench().answer(bench().event('Create', { Secret }), { aws: { getSecretValue } }, bench().hurried);
    expect(response).toMatchObject({ Status: 'SUCCESS', Data: { CredentialsParameter: expect.stringMatching(/^["xä]{0,3000}$/) } });
  });

  test('goes over TLS only', async () => {
    bench().play({});
    const ResponseURL = bench().cloudFormation.url.replace('https:', 'http:');
    const { error } = await bench().hurried.invoke('respond', { ...bench().event('Delete'), ResponseURL });
    expect(error).toBe('Error: the address for the response has no https');
    expect(bench().cloudFormation.seen).toEqual([]);
  });

  test.each(['http://127.0.0.1:1/?Signature=', 'http://nowhere.example.com/?Signature=', 'no address '])('never shows the address that takes it: %s', async (address) => {
    bench().play({});
    const { error, log } = await bench().hurried.invoke('respond', { ...bench().event('Delete'), ResponseURL: address + SIGNATURE });
    expect(error).toBeDefined();
    expect(leaksIn(log, [SIGNATURE])).toEqual([]);
  });
});

test('the longest manifest needs less memory than the function has', async () => {
  const start = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[';
  const body = `${start}${'{},'.repeat((1024 * 1024 - start.length - 4) / 3)}{}]}`;
  const manifest = () => ({ headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' }, body });
  const { invocation } = await bench().answer(bench().event('Create'), { registry: registry(HOST, { manifest }) }, bench().function({ environment: { NODE_OPTIONS: '--max-old-space-size=400' } }));
  expect(invocation.kilobytes).toBeLessThan(400 * 1024);
});

test('a function that stays warm asks the next image over the connection of the last', async () => {
  const ports = new Set<number>();
  for (const Image of [`${HOST}/acme/api:1.4.2`, `${HOST}/acme/admin:2.0.0`]) {
    expect((await bench().answer(bench().event('Create', { Image }))).response.Data.Verdict).toBe('OK');
    bench().registry.seen.forEach(({ port }) => ports.add(port));
  }
  expect(ports.size).toBe(1);
});
