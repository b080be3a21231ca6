import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNTS, ALICE } from './accounts';
import { checkAt, LAB_ENVIRONMENT } from './checking';
import { REPOSITORY } from './images';
import { useLab, Access } from './lab';
import { listen } from './local-server';
import { DISTRIBUTION_3 } from './registries';
import { makeSigner, startTokenServer } from './token-server';
import { checkPull, CheckInput } from '../../src/runtime/check';
import { makeCertificate } from '../support/certificates';
import { leaksIn } from '../support/leaks';


const IMAGE = `${REPOSITORY}:amd64`;

/** What stands between a check and a registry: names, ports, certificates. */
describe('on the way to the registry', () => {
  const lab = useLab(DISTRIBUTION_3);

  /** Checks an image at `host`, told nothing but what is given. */
  const checkHost = async (host: string, input: Partial<CheckInput>) => {
    const result = await checkPull({ image: `${host}/${IMAGE}`, credentials: ALICE, platform: 'linux/amd64', ...input }, LAB_ENVIRONMENT);
    expect(leaksIn(JSON.stringify(result), [ALICE.username, ALICE.password])).toEqual([]);
    return result;
  };
  const expectNothingSent = (access: Access) => {
    expect(access.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(access.tokens?.seen ?? []).toEqual([]);
  };

  beforeEach(() => {
    for (const name of ['basic', 'token', 'basic-tls', 'token-tls'] as const) {
      lab().access(name).seen.length = 0;
      lab().access(name).tokens?.seen.splice(0);
    }
  });

  test('a private authority that the check is not told of', async () => {
    const { host } = lab().access('basic-tls');

    expect(await checkHost(host, {})).toMatchObject({ verdict: 'TLS_UNTRUSTED', kind: 'not-definite', requests: [{ authorized: false }] });
    expect(await checkHost(host, { engine: 'containerd' })).toMatchObject({ verdict: 'TLS_UNTRUSTED', kind: 'no', message: expect.stringContaining('Fargate') });
  });

  test('another private authority than the one that signed', async () => {
    const { host } = lab().access('basic-tls');

    expect((await checkHost(host, { ca: makeCertificate(['registry.test']).ca })).verdict).toBe('TLS_UNTRUSTED');
  });

  test('a certificate for another name', async () => {
    const { host, input } = lab().access('basic-tls');

    expect((await checkHost(host.replace('registry.test', 'mirror.test'), input)).verdict).toBe('TLS_UNTRUSTED');
  });

  test('a token server whose certificate is not trusted gets no password', async () => {
    const access = lab().access('token-tls');
    const stranger = makeCertificate(['auth.test']);
    const impostor = await listen(createSecureServer(stranger, () => {
      throw new Error('was asked for a token');
    }));
    try {
      const result = await checkPull({ image: `${access.host}/${IMAGE}`, credentials: ALICE, ...access.input }, {
        ...LAB_ENVIRONMENT,
        connectTo: (url) => ({ host: '127.0.0.1', port: url.hostname === 'auth.test' ? impostor.port : Number(url.port) }),
      });
      expect(result.verdict).toBe('TLS_UNTRUSTED');
    } finally {
      await impostor.stop();
    }
  });

  test('a port where nobody listens', async () => {
    const { port, stop } = await listen(createServer());
    await stop();

    expect(await checkHost(`127.0.0.1:${port}`, { insecureLoopback: true })).toMatchObject({ verdict: 'REGISTRY_UNAVAILABLE', kind: 'not-definite' });
  });

  test('https to a port that speaks http', async () => {
    const access = lab().access('basic');

    expect((await checkHost(access.host, { insecureLoopback: true, ca: lab().access('basic-tls').input.ca })).verdict).toBe('PROTOCOL_ERROR');
    expectNothingSent(access);
  });

  test('http to a port that speaks https', async () => {
    const { host } = lab().access('basic-tls');

    expect((await checkHost(host.replace('registry.test', '127.0.0.1'), { insecureLoopback: true })).verdict).toBe('PROTOCOL_ERROR');
  });

  test('the port of something else than a registry', async () => {
    const { input, tokens } = lab().access('token');

    expect((await checkHost(`127.0.0.1:${tokens!.port}`, input)).verdict).toBe('PROTOCOL_ERROR');
    expect(tokens!.seen.filter(({ username }) => username !== undefined)).toEqual([]);
  });

  test('a token server that the user did not name', async () => {
    const access = lab().access('token');
    const result = await checkHost(access.host, { insecureLoopback: true });

    expect(result).toMatchObject({ verdict: 'REALM_NOT_TRUSTED', kind: 'not-definite', message: expect.stringContaining(`--auth-host ${access.input.authHost}`) });
    expectNothingSent(access);
  });

  test('a token server on another port than the user named', async () => {
    const access = lab().access('token-tls');

    expect((await checkHost(access.host, { ...access.input, authHost: 'auth.test' })).verdict).toBe('REALM_NOT_TRUSTED');
    expectNothingSent(access);
  });

  test('a token server that is down', async () => {
    const access = lab().access('token-tls');
    const result = await checkPull({ image: `${access.host}/${IMAGE}`, credentials: ALICE, ...access.input }, {
      ...LAB_ENVIRONMENT,
      connectTo: (url) => ({ host: '127.0.0.1', port: url.hostname === 'auth.test' ? 1 : Number(url.port) }),
    });

    expect(result).toMatchObject({ verdict: 'REGISTRY_UNAVAILABLE', message: expect.stringContaining('auth.test') });
  });

  test('a token that the registry does not take: it is not asked for again', async () => {
    const access = lab().access('token-tls');
    const certificate = makeCertificate(['auth.test']);
    const directory = mkdtempSync(join(tmpdir(), 'registries-signer-'));
    const stranger = await startTokenServer(makeSigner(directory), ACCOUNTS, { tls: certificate });
    try {
      const result = await checkPull({ image: `${access.host}/${IMAGE}`, credentials: ALICE, ...access.input, ca: `${access.input.ca}\n${certificate.ca}` }, {
        ...LAB_ENVIRONMENT,
        connectTo: (url) => ({ host: '127.0.0.1', port: url.hostname === 'auth.test' ? stranger.port : Number(url.port) }),
      });
      expect(result.kind).not.toBe('yes');
      expect(result.requests.map(({ purpose, status }) => `${purpose} ${status}`).join(', ')).toBe('manifest 401, login 200, token 200, manifest 401, manifest 401');
    } finally {
      await stranger.stop();
      rmSync(directory, { recursive: true });
    }
  });

  test('loopback, without being told that it is meant', async () => {
    const access = lab().access('basic');

    expect(await checkHost(access.host, {})).toMatchObject({ verdict: 'NO_ROUTE', requests: [] });
  });

  test('a registry by name instead of address', async () => {
    const access = lab().access('basic');
    const { result } = await checkAt({ ...access, host: access.host.replace('127.0.0.1', 'localhost') }, IMAGE, ALICE);

    expect(result.verdict).toBe('OK');
  });
});
