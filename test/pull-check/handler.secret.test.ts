import { PLACEHOLDER } from '../../src/private/placeholder';
import { SILENCE, AwsScript } from '../support/fake-aws';
import { ROLE } from '../support/lambda-harness';
import { CREDENTIALS, expectPassed, expectStopped, HOST, SECRET_ARN, secretOf, STACK_ID, usePullCheckBench } from '../support/pull-check-bench';
import { IMAGE, PASSWORD, registry, TOKEN } from '../support/registry-script';
import { errors, Script, SeenRequest } from '../support/scripted-registry';

const bench = usePullCheckBench();
const OK = { Digest: IMAGE.digest, Image: `${HOST}/acme/api@${IMAGE.digest}` };
const DENIED = {
  error: 'AccessDeniedException',
  message: `User: ${ROLE.replace('iam', 'sts')}/PullCheck is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET_ARN} because no identity-based policy allows the action`,
};
const KMS_DENIED = { error: 'AccessDeniedException', message: 'Access to KMS is not allowed' };

/** A registry that hands tokens to exactly these credentials. */
function registryFor(username: string, password: string): Script {
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const grant = { body: JSON.stringify({ token: TOKEN }) };
  const step = (request: { authorization?: string }) => request.authorization === basic ? grant : { status: 401 };
  return registry(HOST, { login: step, token: step });
}

describe('the secret', () => {
  test('is read in its own Region', async () => {
    await bench().answer(bench().event('Create', { Secret: 'ghcr-pull', SecretRegion: 'ap-southeast-2' }));
    expect(bench().aws.calls).toEqual([{ operation: 'GetSecretValue', region: 'ap-southeast-2', input: { SecretId: 'ghcr-pull' } }]);
  });

  test('is read in the Region of its ARN, which is not always known at synth', async () => {
    const [Secret, SecretRegion] = [SECRET_ARN.replace('eu-west-1', 'ap-southeast-2'), 'eu-west-1'];
    await bench().answer(bench().event('Create', { Secret, SecretRegion }));
    expect(bench().aws.calls).toEqual([{ operation: 'GetSecretValue', region: 'ap-southeast-2', input: { SecretId: Secret } }]);
  });

  test('that is given by name has its complete ARN as an attribute', async () => {
    expectPassed(await bench().answer(bench().event('Create', { Secret: 'ghcr-pull' })), 'OK', OK);
    expect(bench().aws.calls[0].input).toEqual({ SecretId: 'ghcr-pull' });
  });

  test('that is given by name is not looked up in another account than that of the stack', async () => {
    const StackId = STACK_ID.replace('111122223333', '444455556666');
    const answered = await bench().answer(bench().event('Create', { Secret: 'ghcr-pull' }, { StackId }));
    expect(answered.response).toMatchObject({ Status: 'SUCCESS', Data: { Verdict: 'SECRET_NOT_FOUND', CredentialsParameter: 'ghcr-pull' } });
    expect(answered.response.Reason).toMatch(/^the secret ghcr-pull was not looked up, because .* in account 111122223333, and the stack in 444455556666; name the secret by its complete ARN$/);
    expect(bench().aws.calls).toEqual([]);
    expect(await bench().answer(bench().event('Create', {}, { StackId }))).toMatchObject({ response: { Data: { Verdict: 'OK' } } });
  });

  test.each<[what: string, username: string, password: string]>([
    ['a robot account of Harbor', 'robot$team+puller', PASSWORD],
    ['a service account of Red Hat', '1234567|acme-puller', PASSWORD],
    ['a robot account of Quay', 'acme+puller', PASSWORD],
    ['the fixed name of NGC', '$oauthtoken', PASSWORD],
    ['every printable ASCII character', 'acme-bot', Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')],
    ['UTF-8', 'jürgen-bot', 'pässwörd-密码-🔑-ß'],
  ])('may have %s', async (_, username, password) => {
    const answered = await bench().answer(bench().event('Create'), {
      aws: { getSecretValue: () => secretOf({ username, password }) }, registry: registryFor(username, password), secrets: [username, password],
    });
    expectPassed(answered, 'OK', OK);
  });

  test.each<[what: string, value: unknown, verdict: string, reason: RegExp]>([
    ['a number', '20391755', 'SECRET_MALFORMED', /is not a JSON object/],
    ['a password that is a number', '{"username":"acme-bot","password":20391755}', 'SECRET_MALFORMED', /"password" that is not a string/],
    ['an empty string', '', 'SECRET_EMPTY', /is empty/],
    ['an empty password', '{"username":"acme-bot","password":""}', 'SECRET_EMPTY', /empty "password"/],
    ['the placeholder', PLACEHOLDER, 'SECRET_PLACEHOLDER', /still holds the placeholder/],
    ['user:password', 'acme-bot:20391755', 'SECRET_MALFORMED', /looks like user:password/],
    ['a bare token', 'ghp_20391755', 'SECRET_MALFORMED', /token alone/],
    ['a Docker configuration', '{"auths":{"ghcr.io":{"auth":"20391755"}}}', 'SECRET_MALFORMED', /Docker configuration/],
    ['JSON that is cut', '{"username":"acme-bot","password":"20391755', 'SECRET_MALFORMED', /cut/],
    ['64 kB of rubbish', '20391755'.repeat(8_192), 'SECRET_MALFORMED', /is not a JSON object/],
  ])('must not be %s', async (_, value, verdict, reason) => {
    const answered = await bench().answer(bench().event('Create'), {
      aws: { getSecretValue: () => secretOf(value) }, secrets: ['20391755', 'acme-bot', ...value ? [String(value)] : []],
    });
    expectStopped(answered, verdict, reason);
    expect(answered.response.Reason).toContain(SECRET_ARN);
    expect(bench().registry.seen).toEqual([]);
  });

  test.each<[what: string, username: string, password: string, reason: RegExp]>([
    ['a user name with a colon', 'acme-bot:x', '20391755', /colon/],
    ['a line break at the end', 'acme-bot', '20391755\n', /line break/],
    ['base64 with line breaks', '_json_key_base64', `${Buffer.from('{"private_key":"20391755"}').toString('base64')}\n\n`.replace(/.{20}/, '$&\n').trimEnd(), /base64 -w0/],
  ])('may have %s, which only explains why a registry refuses it', async (_, username, password, reason) => {
    const aws = { getSecretValue: () => secretOf({ username, password }) };
    expectPassed(await bench().answer(bench().event('Create'), { aws, registry: registryFor(username, password), secrets: [password] }), 'OK', OK);
    const answered = await bench().answer(bench().event('Create'), { aws, registry: registry(HOST, { login: () => errors(401, 'UNAUTHORIZED') }), secrets: [password] });
    expectStopped(answered, 'CREDENTIALS_REJECTED', reason);
  });

  test.each<[what: string, hosts: string[] | undefined]>([['none', undefined], ['another', ['ghcr.io']]])('stops the deployment with %s host, if the function requires it', async (_, hosts) => {
    const aws = { getSecretValue: () => secretOf({ ...CREDENTIALS, hosts }) };
    const answered = await bench().answer(bench().event('Create', { RequireHosts: 'false' }), { aws }, bench().function({ environment: { REQUIRE_HOSTS: 'true' } }));
    expectStopped(answered, 'HOST_NOT_LISTED', /add .* to the JSON of the secret, as in "hosts":\["registry\.example\.com"\]/);
    expect(bench().registry.seen).toEqual([]);
  });

  test('is sent to no host that it does not list, without stopping the deployment', async () => {
    expectPassed(await bench().answer(bench().event('Create'), { aws: { getSecretValue: () => secretOf({ ...CREDENTIALS, hosts: ['ghcr.io'] }) } }), 'HOST_NOT_LISTED');
    expect(bench().registry.seen).toEqual([]);
    expectPassed(await bench().answer(bench().event('Create'), { aws: { getSecretValue: () => secretOf({ ...CREDENTIALS, hosts: [HOST] }) } }), 'OK', OK);
  });

  test('must not be binary', async () => {
    const aws = { getSecretValue: () => ({ ARN: SECRET_ARN, SecretBinary: Buffer.from(JSON.stringify(CREDENTIALS)).toString('base64') }) };
    expectStopped(await bench().answer(bench().event('Create'), { aws }), 'SECRET_MALFORMED', /is binary, and ECS reads text only/);
  });

  test.each([20, 60])('can hold more than a server takes, which is told but is no definite no: %d kB', async (kilobytes) => {
    const password = 'x20391755y'.repeat(kilobytes * 100);
    const getSecretValue = () => secretOf({ username: 'acme-bot', password });
    const login = ({ authorization = '' }: SeenRequest) => authorization.length > 16 * 1024 ? { status: 431 } : undefined;
    const answered = await bench().answer(bench().event('Create'), {
      aws: { getSecretValue }, registry: registry(HOST, { login }), secrets: [password, 'x20391755y'],
    });
    expectPassed(answered, 'SECRET_MALFORMED');
    expect(answered.response.Reason).toContain('registry.example.com does not accept the length of the credentials in ');
  });

  test('with a mistake is only a warning in the mode WARN, and has its ARN all the same', async () => {
    const answered = await bench().answer(bench().event('Create', { Mode: 'WARN', Secret: 'ghcr-pull' }), { aws: { getSecretValue: () => secretOf('') } });
    expectPassed(answered, 'SECRET_EMPTY');
  });
});

describe('a secret that cannot be read', () => {
  test.each<[what: string, error: { error: string; message: string }, verdict: string, reason: RegExp]>([
    ['does not exist', { error: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." }, 'SECRET_NOT_FOUND', /does not exist/],
    ['is marked for deletion', { error: 'InvalidRequestException', message: 'You can’t perform this operation on the secret because it was marked for deletion.' }, 'SECRET_NOT_FOUND', /deletion/],
    ['cannot be decrypted', { error: 'DecryptionFailure', message: 'KMS' }, 'KMS_ACCESS_DENIED', /cannot decrypt/],
    ['is denied', DENIED, 'SECRET_ACCESS_DENIED', /cannot read the secret arn:/],
    ['has a key that is denied', KMS_DENIED, 'KMS_ACCESS_DENIED', /cannot decrypt the secret arn:.* with its KMS key/],
  ])('stops the deployment if it %s', async (_, error, verdict, reason) => {
    const answered = await bench().answer(bench().event('Create', { DenialIsCertain: 'true' }), { aws: { getSecretValue: () => error } }, bench().hurried);
    expectStopped(answered, verdict, reason);
    expect(bench().registry.seen).toEqual([]);
    expect(answered.response.Reason).toContain(SECRET_ARN);
    // For a minute, since the role may be new, and some seconds, since the secret may be; and not more often than it helps.
    const denied = verdict.endsWith('ACCESS_DENIED');
    expect(answered.log[0].milliseconds).toBeGreaterThanOrEqual(denied ? 50_000 : 5_000);
    expect(bench().aws.calls.length).toBeLessThanOrEqual(denied ? 12 : 5);
  });

  test.each([['denied', DENIED], ['denied its key', KMS_DENIED]])('stops nothing if it is %s, as the execution role may have more permissions, and the message names who was denied', async (_, error) => {
    const answered = await bench().answer(bench().event('Create', {}), { aws: { getSecretValue: () => error } }, bench().hurried);
    expectPassed(answered, error === DENIED ? 'SECRET_ACCESS_DENIED' : 'KMS_ACCESS_DENIED');
    expect(answered.response.Reason).toContain(ROLE);
  });

  test('is read as soon as the role has arrived everywhere, some seconds later', async () => {
    const getSecretValue: AwsScript['getSecretValue'] = (_, call) => call < 5 ? DENIED : secretOf(CREDENTIALS);
    const answered = await bench().answer(bench().event('Create'), { aws: { getSecretValue } }, bench().hurried);
    expectPassed(answered, 'OK', OK);
    expect(answered.log[0].milliseconds).toBeGreaterThanOrEqual(15_000);
    expect(bench().aws.calls).toHaveLength(5);
  });

  test.each([['ThrottlingException', 400], ['InternalServiceError', 500]])('is not certain after %s', async (error, status) => {
    const getSecretValue = () => ({ error, status, message: 'later' });
    expectPassed(await bench().answer(bench().event('Create'), { aws: { getSecretValue } }, bench().hurried), 'REGISTRY_UNAVAILABLE');
  });

  test('is not certain if Secrets Manager never answers', async () => {
    const answered = await bench().answer(bench().event('Create'), { aws: { getSecretValue: () => SILENCE } }, bench().hurried);
    expectPassed(answered, 'NO_ROUTE');
    // Then Lambda stops the function.
    expect(answered.log[0].milliseconds).toBeLessThan(150_000);
  });

  test('is read after one failure of Secrets Manager', async () => {
    const getSecretValue: AwsScript['getSecretValue'] = (_, call) => call === 1 ? { error: 'InternalServiceError', status: 500 } : secretOf(CREDENTIALS);
    expectPassed(await bench().answer(bench().event('Create'), { aws: { getSecretValue } }, bench().hurried), 'OK', OK);
  });
});
