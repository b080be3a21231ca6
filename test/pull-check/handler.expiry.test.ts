import { AUTH_HOST, expectPassed, HOST, PRIVATE_ADDRESS, secretOf, SECRET_ARN, usePullCheckBench, Event } from '../support/pull-check-bench';
import { IMAGE, registry, TOKEN } from '../support/registry-script';
import { errors, SeenRequest } from '../support/scripted-registry';

const bench = usePullCheckBench();

const QUESTION = '/api/v4/personal_access_tokens/self';
const PROBER = 'arn:aws:lambda:eu-west-1:111122223333:function:PullCheckProber';
const OK = { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` };
/** A function that stays warm asks once for each token. */
let tokens = 0;

/** A GitLab that accepts a new token, which expires on this day. */
function deployment(expiresAt: string | undefined = '2126-12-09', more: object = {}) {
  const secret = { username: 'acme-bot-77d1', password: `glpat-${tokens++}k2vQ9mLr7TzWc4bN8sJ`, ...more };
  const basic = `Basic ${Buffer.from(`${secret.username}:${secret.password}`).toString('base64')}`;
  const issue = ({ authorization }: SeenRequest) => authorization === basic ? { body: JSON.stringify({ token: TOKEN }) } : errors(401, 'UNAUTHORIZED');
  const any = (request: SeenRequest) => (
    request.path !== QUESTION ? undefined
      : request.host === AUTH_HOST && request.authorization === `Bearer ${secret.password}` ? { body: JSON.stringify({ expires_at: expiresAt }) } : { status: 401 }
  );
  const script = registry(HOST, { any, login: issue, token: issue, challenge: `Bearer realm="https://${AUTH_HOST}/jwt/auth",service="container_registry"` });
  return { registry: script, secrets: [secret.password, secret.username], aws: { getSecretValue: () => secretOf(secret) } };
}

function event(properties: Event = {}): Event {
  return bench().event('Create', { Registry: 'self-managed-gitlab', AuthHost: AUTH_HOST, ...properties });
}

function questions(): number {
  return bench().registry.seen.filter(({ path }) => path === QUESTION).length;
}

describe('when the credentials expire', () => {
  test('is asked, and is in the attributes, the message and the log', async () => {
    const answered = await bench().answer(event(), deployment());
    expectPassed(answered, 'OK', { ...OK, ExpiresOn: '2126-12-09T00:00:00.000Z' });
    expect(answered.response.Reason).toMatch(/, linux\/amd64\), and they expire on 2126-12-09, in \d+ days$/);
    expect(answered.log[0]).toMatchObject({ expiresOn: '2126-12-09T00:00:00.000Z', message: answered.response.Reason });
    expect(questions()).toBe(1);
  });

  test('is asked once by a function that stays warm', async () => {
    const given = deployment();
    await bench().answer(event(), given);
    expectPassed(await bench().again(event(), given), 'OK', { ...OK, ExpiresOn: '2126-12-09T00:00:00.000Z' });
    expect(questions()).toBe(1);
  });

  test.each<[why: string, properties: Event, isAsked: boolean]>([
    ['it is switched off', { AskExpiry: 'false' }, false],
    ['the registry admits only some addresses', { RestrictedNetwork: 'true' }, false],
    ['it is switched on for such a registry', { RestrictedNetwork: 'true', AskExpiry: 'true' }, true],
  ])('depends on the options: %s', async (_, properties, isAsked) => {
    const answered = await bench().answer(event(properties), deployment());
    expectPassed(answered, 'OK', { ...OK, ExpiresOn: isAsked ? '2126-12-09T00:00:00.000Z' : '' });
    expect(questions()).toBe(Number(isAsked));
  });

  test.each<[what: string, properties: Event, isAsked: boolean]>([
    ['not', {}, false],
    ['only if it is switched on', { AskExpiry: 'true' }, true],
  ])('is asked in a VPC: %s', async (_, properties, isAsked) => {
    const given = deployment();
    const prober = bench().function({ address: PRIVATE_ADDRESS });
    const invoke = async (payload: unknown) => (await prober.invoke('probe', payload)).result;
    const answered = await bench().answer(event(properties), { ...given, aws: { ...given.aws, invoke } }, bench().function({ environment: { PROBER } }));
    expectPassed(answered, 'OK', { ...OK, ExpiresOn: isAsked ? '2126-12-09T00:00:00.000Z' : '' });
    expect(questions()).toBe(Number(isAsked));
  });

  test('is in the secret, where nobody can be asked', async () => {
    const answered = await bench().answer(event({ AskExpiry: 'false' }), deployment(undefined, { expiresOn: '2126-03-31' }));
    expectPassed(answered, 'OK', { ...OK, ExpiresOn: '2126-03-31T00:00:00.000Z' });
  });

  test('is not understood, which the message says without the text', async () => {
    const answered = await bench().answer(event({ AskExpiry: 'false' }), deployment(undefined, { expiresOn: '31.03.2126' }));
    expectPassed(answered, 'OK', OK);
    const problem = `"expiresOn" in the secret ${SECRET_ARN} has a form that is not accepted; write a day (2027-03-31, `;
    expect(answered.log[0].message).toContain(`; ${problem}`);
    expect(answered.log[0].message).not.toContain('31.03.2126');
  });
});
