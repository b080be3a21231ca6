import * as https from 'node:https';
import { connect, createServer, AddressInfo, Server } from 'node:net';
import { checkPull, CheckInput, CheckResult } from '../../src/runtime/check';
import { NetworkFailure } from '../../src/runtime/http/network-failure';
import { makeCertificate } from '../support/certificates';
import { HOST, useBench, virtualEnvironment } from '../support/check-harness';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';

const bench = useBench();
const CERTIFICATE = makeCertificate([HOST]);
let server: Server | undefined;
let connections: number;

afterEach(async () => {
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

async function checkAt(started: Server, more: Partial<CheckInput> = {}): Promise<CheckResult> {
  server = started;
  connections = 0;
  server.on('connection', (socket) => {
    connections++;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  const input = { image: `${HOST}/acme/api:1`, credentials: { username: USERNAME, password: PASSWORD }, ca: CERTIFICATE.ca, ...more };
  return checkPull(input, { ...virtualEnvironment(bench()), connectTo: () => ({ host: '127.0.0.1', port }) });
}

function tlsServer(options: https.ServerOptions): Server {
  return https.createServer({ ...CERTIFICATE, ca: undefined, ...options }, (_, answer) => answer.end()).on('tlsClientError', () => undefined);
}

/** Answers the handshake with a fatal alert of this number. */
function alertServer(number: number): Server {
  return createServer((socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, number]))));
}

/** Passes everything on to the registry of the bench, and damages one of its records. */
function damagingProxy(chunk: number, times: number): Server {
  let damaged = 0;
  return createServer((socket) => {
    const registryOfBench = connect(bench().secure.port, '127.0.0.1');
    let chunks = 0;
    registryOfBench.on('error', () => undefined).on('data', (data) => {
      if (++chunks === chunk && damaged < times) {
        damaged++;
        data[data.length - 5] = 255 - data[data.length - 5];
      }
      socket.write(data);
    }).on('close', () => socket.destroy());
    socket.on('close', () => registryOfBench.destroy()).pipe(registryOfBench);
  });
}

const DEMANDING = { requestCert: true, rejectUnauthorized: true };

test('a registry that demands a client certificate is final on Fargate, which has none', async () => {
  const result = await checkAt(tlsServer({ ...DEMANDING, minVersion: 'TLSv1.3' }), { engine: 'containerd', location: 'function' });
  expect(result).toMatchObject({ verdict: 'TLS_UNTRUSTED', definite: true });
  expect(result.message).toBe(`${HOST} demands a client certificate (alert certificate required); let it accept clients without a certificate, because Fargate has none`);
});

test('instances can have a client certificate that the check has not', async () => {
  const result = await checkAt(tlsServer({ ...DEMANDING, minVersion: 'TLSv1.3' }), { engine: 'dockerd' });
  expect(result).toMatchObject({ verdict: 'TLS_UNTRUSTED', definite: false, message: expect.stringMatching(/let it accept clients without a certificate$/) });
});

test.each<[string, () => Server, string]>([
  ['demands a client certificate in TLS 1.2', () => tlsServer({ ...DEMANDING, maxVersion: 'TLSv1.2' }), 'alert handshake failure'],
  ['has no cipher in common', () => tlsServer({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }), 'alert handshake failure'],
  ['speaks TLS 1.1 only', () => tlsServer({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), 'alert protocol version'],
  ['has an internal error', () => alertServer(80), 'alert internal error'],
  ['finds a record damaged', () => alertServer(20), 'alert bad record mac'],
  ['does not know the authority of a client certificate', () => alertServer(48), 'alert unknown ca'],
  ['does not know the name', () => alertServer(112), 'unrecognized name'],
])('a server that %s is asked again, and nothing is certain', async (_, start, reason) => {
  const result = await checkAt(start(), { engine: 'containerd', location: 'function' });
  expect(result).toMatchObject({ verdict: 'PROTOCOL_ERROR', definite: false });
  expect(result.message).toContain(`${HOST} breaks off the TLS connection (${reason}); check again`);
  expect(connections).toBe(3);
});

test.each([1, 2])('a record that is damaged once does not matter, in part %s of what the server sends', async (chunk) => {
  bench().secure.play(registry(HOST));
  expect(await checkAt(damagingProxy(chunk, 1), { ca: bench().certificate.ca, engine: 'containerd' })).toMatchObject({ verdict: 'OK' });
});

test('a record that is damaged at each attempt is not the fault of the certificate', async () => {
  bench().secure.play(registry(HOST));
  const result = await checkAt(damagingProxy(2, Infinity), { ca: bench().certificate.ca, engine: 'containerd' });
  expect(result).toMatchObject({ verdict: 'PROTOCOL_ERROR', definite: false, message: expect.stringMatching(/\(decryption failed or bad record mac\)/) });
});

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'], ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
  ['CERT_HAS_EXPIRED', 'certificate'], ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'], ['INVALID_PURPOSE', 'certificate'], ['UNSPECIFIED', 'certificate'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'tls'], ['ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'tls'], ['ERR_OSSL_EVP_UNSUPPORTED', 'tls'],
  ['EPROTO', 'cut'], ['ECONNRESET', 'cut'],
])('the code %s is a fault of the kind %s', (code, kind) => {
  expect(NetworkFailure.from(Object.assign(new Error('oh no'), { code }), new URL('https://x')).kind).toBe(kind);
});

test.each([
  ['8:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../s.c:1:SSL alert number 116\n', 'client-certificate'],
  ['write EPROTO 8:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../s.c:1:\n', 'tls'],
  ['write EPROTO 8:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../s.c:1:\n', 'not-tls'],
])('the text of OpenSSL %s', (message, kind) => {
  expect(NetworkFailure.from(Object.assign(new Error(message), { code: 'EPROTO' }), new URL('https://x')).kind).toBe(kind);
});
