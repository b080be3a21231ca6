import { expectPassed, expectStopped, HOST, usePullCheckBench, Event } from '../support/pull-check-bench';

const bench = usePullCheckBench();

describe('properties', () => {
  test.each<[what: string, image: unknown]>([
    ['a password', `https://acme-bot:20391755@${HOST}/acme/api:1.4.2`],
    ['a password and no scheme', `acme-bot:20391755@${HOST}/acme/api`],
    ['5 kB', `${HOST}/${'20391755/'.repeat(600)}`],
    ['control characters', '\u0000\n\u001b[2J'],
    ['nothing', ''],
    ['no value', undefined],
    ['a list', ['20391755']],
  ])('with an image of %s stop the deployment, and the secret is not read', async (_, image) => {
    for (const Mode of ['ENFORCE', 'WARN']) {
      const answered = await bench().answer(bench().event('Create', { Image: image, Mode }), { secrets: ['20391755', 'acme-bot'] });
      if (Mode === 'ENFORCE') {
        expectStopped(answered, 'NOT_AN_IMAGE', /image reference must/);
      } else {
        expectPassed(answered, 'NOT_AN_IMAGE', { Image: '' });
      }
      expect(bench().aws.calls).toEqual([]);
    }
  });

  test.each<[what: string, properties: Event, verdict: string, message: RegExp]>([
    ['a platform that is none', { Platform: 'linux' }, 'PROTOCOL_ERROR', /platform must be/],
    ['a certificate that is none', { CaCertificate: 'ca.pem' }, 'PROTOCOL_ERROR', /pullCheck\.caCertificate/],
    ['a certificate that is broken', { CaCertificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }, 'PROTOCOL_ERROR', /pullCheck\.caCertificate/],
    ['no Region', { SecretRegion: undefined }, 'OK', /can be pulled/],
    ['a timeout that is none', { TimeoutSeconds: 'soon' }, 'OK', /can be pulled/],
  ])('with %s stop nothing', async (_, properties, verdict, message) => {
    const { response } = await bench().answer(bench().event('Create', properties));
    expect(response).toMatchObject({ Status: 'SUCCESS', Data: { Verdict: verdict }, Reason: expect.stringMatching(message) });
  });

  test('with a secret of 5 kB still fit an answer', async () => {
    const aws = { getSecretValue: () => ({ error: 'ValidationException', message: 'Invalid name.' }) };
    const { response } = await bench().answer(bench().event('Create', { Secret: 'acme-bot\n'.repeat(600) }), { aws });
    expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('[SECRET_NOT_FOUND]') });
  });

  test('with a long time to ask never outlast the function', async () => {
    const busy = () => ({ status: 503, headers: { 'retry-after': '70' } });
    const { response, log } = await bench().answer(bench().event('Create', { TimeoutSeconds: '3600' }), { registry: busy }, bench().hurried);
    expect(response).toMatchObject({ Status: 'SUCCESS', Data: { Verdict: 'REGISTRY_UNAVAILABLE' } });
    expect(log[0].milliseconds).toBeLessThan(70_000);
  });
});
