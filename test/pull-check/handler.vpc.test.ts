import { FunctionError } from '../support/fake-aws';
import { LambdaFunction } from '../support/lambda-harness';
import { AUTH_HOST, expectPassed, expectStopped, HOST, HURRY, IMAGE_NAME, LIKE_S3_HOST, PRIVATE_ADDRESS, PUBLIC_ADDRESS, S3_HOST, usePullCheckBench, Deployment, Event } from '../support/pull-check-bench';
import { IMAGE, registry } from '../support/registry-script';
import { errors, SeenRequest } from '../support/scripted-registry';

const bench = usePullCheckBench();

const PROBER = 'arn:aws:lambda:eu-west-1:111122223333:function:PullCheckProber';
const OK = { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` };
const refusing = registry(HOST, { manifest: () => errors(403, 'DENIED') });
const DENIED = { error: 'AccessDeniedException', status: 403, message: 'not authorized to perform: lambda:InvokeFunction' };
const never = new Promise<never>(() => undefined);
let prober: LambdaFunction;
let probed: string[] = [];

beforeAll(() => {
  prober = bench().function({ address: PRIVATE_ADDRESS });
});

/** The function outside the VPC. */
function responder(speed: number = 1): LambdaFunction {
  return bench().function({ environment: { PROBER }, speed });
}

/** AWS with the function inside the VPC, which is the same bundle in a process of its own. */
function withProber(deployment: Deployment = {}): Deployment {
  probed = [];
  const invoke = async (payload: unknown) => {
    const { result, error, log } = await prober.invoke('probe', payload);
    probed.push(JSON.stringify(result) + log);
    if (error !== undefined) {
      throw new FunctionError(error);
    }
    return result;
  };
  return { ...deployment, aws: { invoke, ...deployment.aws } };
}

describe('in a VPC', () => {
  test('the prober asks a registry with a private address, and the responder answers', async () => {
    expectPassed(await bench().answer(bench().event('Create'), withProber(), responder()), 'OK', OK);
    expect(bench().aws.calls.map(({ operation }) => operation)).toEqual(['Invoke', 'GetSecretValue']);
    expect(bench().aws.calls[0].input).toEqual({ functionName: PROBER, payload: bench().properties() });
  });

  test('a definite no stops the deployment, and does not advise what is done already', async () => {
    const answered = await bench().answer(bench().event('Create'), withProber({ registry: refusing }), responder());
    expectStopped(answered, 'PULL_DENIED', /cannot pull/);
    expect(answered.response.Reason).not.toContain('pullCheck.vpc');
  });

  test('the prober is called as soon as the new role of the responder has arrived everywhere', async () => {
    const deployment = withProber();
    const { invoke } = deployment.aws!;
    const late = { ...deployment, aws: { invoke: async (payload: unknown, call: number) => call < 5 ? DENIED : invoke!(payload, call) } };
    expectPassed(await bench().answer(bench().event('Create'), late, responder(HURRY)), 'OK', OK);
  });

  test('a rollback is never stopped', async () => {
    const describeStacks = () => ({ StackName: 'Stack', StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    expectPassed(await bench().answer(bench().event('Update'), withProber({ registry: refusing, aws: { describeStacks } }), responder()), 'PULL_DENIED');
  });

  test('delete never enters it', async () => {
    const { response } = await bench().answer(bench().event('Delete'), withProber(), responder());
    expect(response.Status).toBe('SUCCESS');
    expect(bench().aws.calls).toEqual([]);
  });

  test('metadata and loopback addresses are refused there too', async () => {
    prober = bench().function({ address: '169.254.170.2' });
    expectPassed(await bench().answer(bench().event('Create'), withProber(), responder()), 'NO_ROUTE');
    prober = bench().function({ address: PRIVATE_ADDRESS });
    expect(bench().registry.seen).toEqual([]);
  });

  test('the prober returns what the responder needs and logs nothing', async () => {
    await bench().answer(bench().event('Create'), withProber(), responder());
    expect(probed).toEqual([JSON.stringify({
      verdict: 'OK', isDefiniteNo: false, message: expectedMessage(), digest: IMAGE.digest, secretArn: bench().properties().Secret, requests: bench().registry.seen.length,
    })]);
  });

  test('an image that is no reference is not sent there', async () => {
    const answered = await bench().answer(bench().event('Create', { Image: 'a b' }), withProber(), responder());
    expectStopped(answered, 'NOT_AN_IMAGE', /spaces/);
    expect(bench().aws.calls).toEqual([]);
  });
});

/** A registry that keeps its blobs elsewhere. */
function redirectingTo(location: string): Deployment {
  const any = ({ host }: SeenRequest) => host === HOST ? undefined : { body: IMAGE.config };
  return { registry: registry(HOST, { any, config: () => ({ status: 307, headers: { location } }) }) };
}

describe('a host that the registry names, in a VPC', () => {
  const probeFrom = async (address: string, others: string, deployment: Deployment, properties: Event = {}) => {
    prober = bench().function({ address, others });
    const answered = await bench().answer(bench().event('Create', properties), withProber(deployment), responder());
    return { answered, hosts: new Set(bench().registry.seen.map(({ host }) => host)) };
  };
  afterAll(() => {
    prober = bench().function({ address: PRIVATE_ADDRESS });
  });

  test.each<[what: string, address: string, others: string, host: string]>([
    ['a private registry leads to a private host', PRIVATE_ADDRESS, PRIVATE_ADDRESS, AUTH_HOST],
    ['a private registry leads to the internet', PRIVATE_ADDRESS, PUBLIC_ADDRESS, AUTH_HOST],
    ['a public registry leads to the internet', PUBLIC_ADDRESS, PUBLIC_ADDRESS, AUTH_HOST],
    ['a public registry leads to S3, which has an interface endpoint', PUBLIC_ADDRESS, PRIVATE_ADDRESS, S3_HOST],
  ])('is asked where %s', async (_, address, others, host) => {
    const { answered, hosts } = await probeFrom(address, others, redirectingTo(`https://${host}/config`));
    expectPassed(answered, 'OK', OK);
    expect(hosts).toEqual(new Set([HOST, host]));
  });

  test.each<[what: string, others: string, location: string]>([
    ['host', PRIVATE_ADDRESS, `https://${AUTH_HOST}/config`],
    ['host whose name begins like that of S3', PRIVATE_ADDRESS, `https://${LIKE_S3_HOST}/config`],
    ['address', PUBLIC_ADDRESS, `https://${PRIVATE_ADDRESS}/config`],
  ])('gets no request where a public registry leads to a private %s, which stops nothing', async (_, others, location) => {
    const { answered, hosts } = await probeFrom(PUBLIC_ADDRESS, others, redirectingTo(location));
    expectPassed(answered, 'NO_ROUTE');
    expect(hosts).toEqual(new Set([HOST]));
  });

  test('is named in the log', async () => {
    const { answered } = await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, redirectingTo(`https://${AUTH_HOST}/config`));
    expect(answered.log[0].message).toBe(`${AUTH_HOST} has a private address, and gets no request because a registry on the internet names it; `
      + 'if that is intended, let the host of the registry resolve to a private address as well');
  });

  test('gets no request over a connection that another image left open', async () => {
    const deployment = redirectingTo(`https://${AUTH_HOST}/config`);
    const own = await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, { registry: registry(AUTH_HOST) }, { Image: `${AUTH_HOST}/acme/api:1.4.2` });
    expect(own.answered.log[0]).toMatchObject({ verdict: 'OK' });
    const { answered, hosts } = await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, deployment);
    expectPassed(answered, 'NO_ROUTE');
    expect(hosts).toEqual(new Set([HOST]));
  });

  test('is refused for the next image, too, which is asked over the same connection', async () => {
    const deployment = redirectingTo(`https://${AUTH_HOST}/config`);
    await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, deployment);
    const { answered } = await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, deployment);
    expectPassed(answered, 'NO_ROUTE');
  });

  test.each([AUTH_HOST, `${AUTH_HOST.toUpperCase()}:443`])('is asked for a token if the user named it: %s', async (AuthHost) => {
    const challenge = `Bearer realm="https://${AUTH_HOST}/token",service="x"`;
    const { answered } = await probeFrom(PUBLIC_ADDRESS, PRIVATE_ADDRESS, { registry: registry(HOST, { challenge }) }, { AuthHost });
    expectPassed(answered, 'OK', OK);
  });
});

function expectedMessage(): string {
  return `${IMAGE_NAME} can be pulled with the credentials in ${bench().properties().Secret} (${IMAGE.digest}, linux/amd64)`;
}

describe('a prober that does not answer is no verdict', () => {
  test.each<[what: string, invoke: () => Promise<unknown>]>([
    ['it was stopped', async () => Promise.reject(new FunctionError('2026-01-01T00:00:00Z f1 Task timed out after 150.00 seconds'))],
    ['it returns nothing', async () => null],
    ['it returns something else', async () => 'hello'],
    ['it returns no JSON', async () => undefined],
  ])('%s', async (_, invoke) => {
    const answered = await bench().answer(bench().event('Create'), { aws: { invoke } }, responder());
    expectPassed(answered, 'NO_ROUTE');
    expect(answered.response.Reason).toMatch(/the function inside the VPC did not answer \((?:Unhandled|no result)\); .*pullCheck\.vpcSubnets/);
  });

  test('the responder may not call it, and says so', async () => {
    const answered = await bench().answer(bench().event('Create'), { aws: { invoke: async () => DENIED } }, responder(HURRY));
    expectPassed(answered, 'NO_ROUTE');
    expect(answered.response.Reason).toContain('did not answer (AccessDeniedException)');
    expect(answered.log[0].milliseconds).toBeGreaterThanOrEqual(55_000);
  });

  test('it never answers, and the responder does before it is stopped itself', async () => {
    const answered = await bench().answer(bench().event('Create'), { aws: { invoke: async () => never } }, responder(HURRY * 2));
    expectPassed(answered, 'NO_ROUTE');
    expect(answered.log[0].milliseconds).toBeGreaterThan(120_000);
    expect(answered.log[0].milliseconds).toBeLessThan(200_000);
    expect(bench().aws.calls).toHaveLength(1);
  });

  test('it waits for a registry that never answers as long as the check may take', async () => {
    prober = bench().function({ address: PRIVATE_ADDRESS, speed: HURRY });
    const answered = await bench().answer(bench().event('Create', { TimeoutSeconds: '60' }), withProber({ registry: () => ({ fault: 'hang' }) }), responder(HURRY));
    prober = bench().function({ address: PRIVATE_ADDRESS });
    expectPassed(answered, 'REGISTRY_UNAVAILABLE');
  });
});
