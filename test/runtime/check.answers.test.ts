import { gzipSync } from 'node:zlib';
import { describeBehaviours, HOST, Behaviour } from '../support/check-harness';
import { imageFor, indexFor, TOKEN } from '../support/registry-script';
import { errors } from '../support/scripted-registry';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const AMD64 = { platform: 'linux/amd64' };
const ARM = imageFor('arm64');
const MULTI = indexFor('linux/amd64', 'linux/arm64/v8');

describeBehaviours('what the registry says about the image', [
  {
    name: '404 with NAME_UNKNOWN, asked again for some seconds',
    quirks: { manifest: () => errors(404, 'NAME_UNKNOWN', 'repository name not known to registry') },
    verdict: 'IMAGE_NOT_FOUND',
    definite: true,
    requests: 'manifest login token manifest manifest manifest manifest manifest',
    credentialsSent: 2,
    message: /does not exist, or the credentials in arn:.* cannot access it \(HTTP 404 from registry\.example\.com: NAME_UNKNOWN, repository name not known/,
  },
  {
    name: '404 with Quay\'s TAG_EXPIRED',
    quirks: { manifest: () => errors(404, 'TAG_EXPIRED') },
    verdict: 'IMAGE_NOT_FOUND',
    message: /TAG_EXPIRED/,
  },
  {
    name: 'Red Hat\'s plain "Not found"',
    input: { image: 'quay.io/acme/api:1.4.2' },
    quirks: { manifest: () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found' }) },
    verdict: 'IMAGE_NOT_FOUND',
    message: /: Not found\)/,
  },
  ...[
    { status: 404 }, { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' },
    { status: 404, headers: { 'content-type': 'application/json' }, body: '{"message":"no Route matched with those values"}' },
  ].map((answer, form): Behaviour => ({
    name: `a 404 of what finds no registry behind it, while that is restarted, in form ${form + 1}`,
    quirks: { manifest: () => answer },
    verdict: 'IMAGE_NOT_FOUND',
    definite: false,
  })),
  {
    name: 'a 404 that heals, since the image was just pushed',
    quirks: { manifest: (_, call) => call < 6 ? errors(404, 'MANIFEST_UNKNOWN') : undefined },
    verdict: 'OK',
    requests: 'manifest login token manifest manifest manifest',
  },
  {
    name: 'an anonymous 404 from a registry that wants credentials at its root (hidden repositories)',
    quirks: { anonymous: () => errors(404, 'NAME_UNKNOWN') },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    requests: 'manifest ping',
    message: /containerd, the engine of Fargate, does not log in to registry\.example\.com/,
  },
  {
    name: 'an anonymous 404 from a registry without authentication',
    quirks: { anonymous: () => errors(404, 'MANIFEST_UNKNOWN'), ping: () => ({ body: '{}' }) },
    verdict: 'IMAGE_NOT_FOUND',
    credentialsSent: 0,
  },
  {
    name: '404 everywhere: not a registry',
    script: () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' }),
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /does not answer like a registry/,
  },
  {
    name: 'an HTML page with status 200',
    script: () => ({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Welcome</h1>' }),
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
    message: /serves an HTML page/,
  },
  {
    name: 'an HTML page with status 404 after the login',
    quirks: { manifest: () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'a sleeping JFrog instance redirects to its landing page',
    input: { image: 'acme.jfrog.io/docker/api:1' },
    script: (request) => request.host === 'acme.jfrog.io'
      ? { status: 302, headers: { location: 'https://landing.example.net/' } }
      : { headers: { 'content-type': 'text/html' }, body: '<html>' },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 0,
  },
  {
    name: 'Harbor\'s policy: 412',
    quirks: { manifest: () => errors(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities cannot be pulled') },
    verdict: 'BLOCKED_BY_POLICY',
    definite: true,
    message: /PROJECTPOLICYVIOLATION, current image with 3 vulnerabilities/,
  },
  ...[
    errors(412, 'PROJECTPOLICYVIOLATION', 'current image with "Pending" status of vulnerability scanning cannot be pulled due to configured policy'),
    errors(412, 'PROJECTPOLICYVIOLATION', 'current image without vulnerability scanning cannot be pulled due to configured policy'),
    errors(403, 'DENIED', 'blocked by Xray: the artifact has not been scanned yet'),
    errors(403, 'DENIED', 'the manifest is quarantined'),
  ].map((answer, form): Behaviour => ({
    name: `a policy that waits for a scan, in form ${form + 1}`,
    quirks: { manifest: () => answer },
    verdict: 'BLOCKED_BY_POLICY',
    definite: false,
    message: /; check again when the registry has scanned the image$/,
  })),
  ...[412, 451].map((status): Behaviour => ({
    name: `${status} as a page of a proxy`,
    quirks: { manifest: () => ({ status, headers: { 'content-type': 'text/html' }, body: '<html>not in your country</html>' }) },
    verdict: 'BLOCKED_BY_POLICY',
    definite: false,
  })),
  {
    name: 'a policy that a stranger is told',
    input: { restrictedNetwork: true, location: 'function' },
    quirks: { manifest: () => errors(451, 'DENIED', 'blocked') },
    verdict: 'BLOCKED_BY_POLICY',
    definite: false,
  },
  {
    name: 'a 405 of a proxy that is being repaired',
    quirks: { manifest: () => ({ status: 405, headers: { 'content-type': 'text/plain' }, body: 'service disabled for maintenance' }) },
    verdict: 'PULL_DENIED',
    definite: false,
  },
  {
    name: 'Xray\'s policy: 403 with a text',
    quirks: { manifest: () => errors(403, 'DENIED', 'artifact was blocked by Xray policy') },
    verdict: 'BLOCKED_BY_POLICY',
  },
  {
    name: 'HEAD is not allowed, GET is',
    quirks: { manifest: (request) => request.method === 'HEAD' ? { status: 405 } : undefined },
    verdict: 'OK',
  },
  {
    name: 'no digest header: the digest is computed from a GET',
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST }, body: ARM.manifest }), config: () => ({ body: ARM.config }) },
    verdict: 'OK',
    requests: 'manifest login token manifest manifest',
    also: (result) => expect(result.digest).toBe(ARM.digest),
  },
  {
    name: 'a digest header of another algorithm: engines ask for it',
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST, 'docker-content-digest': `sha512:${'a'.repeat(128)}` }, body: ARM.manifest }) },
    input: AMD64,
    verdict: 'PROTOCOL_ERROR',
    message: /a manifest with a wrong digest/,
  },
  {
    name: 'a wrong digest header, where the digest is going to be relied on',
    input: { wantDigest: true },
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST, 'docker-content-digest': MULTI.digest }, body: ARM.manifest }) },
    verdict: 'PROTOCOL_ERROR',
    message: /a manifest with a wrong digest/,
  },
  {
    name: 'an image asked by digest that has another one',
    input: { image: `${HOST}/acme/api:1@${MULTI.digest}` },
    verdict: 'PROTOCOL_ERROR',
    message: /a manifest with a wrong digest/,
    also: (_, seen) => expect(seen[0].path).toBe(`/v2/acme/api/manifests/${MULTI.digest}`),
  },
  {
    name: 'an image without a tag is latest',
    input: { image: `${HOST}/acme/api` },
    verdict: 'OK',
    also: (_, seen) => expect(seen[0].path).toBe('/v2/acme/api/manifests/latest'),
  },
  {
    name: 'a firewall\'s page instead of the manifest',
    quirks: { manifest: () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>' }) },
    verdict: 'NETWORK_RESTRICTED',
    definite: false,
  },
  {
    name: 'a gzip bomb as a manifest',
    input: AMD64,
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(8_000_000)) }) },
    verdict: 'PROTOCOL_ERROR',
    message: /compresses its answer/,
  },
  {
    name: 'a compressed error page: the status is enough',
    quirks: { manifest: () => ({ status: 403, headers: { 'content-encoding': 'gzip' }, body: gzipSync('denied') }) },
    verdict: 'NETWORK_RESTRICTED',
  },
  {
    name: 'a manifest without end',
    input: AMD64,
    quirks: { manifest: ({ method }) => method === 'HEAD' ? undefined : ({ fault: 'endless', headers: { 'content-type': OCI_MANIFEST } }) },
    verdict: 'PROTOCOL_ERROR',
    message: /too large/,
  },
  {
    name: 'a token without end',
    quirks: { token: () => ({ fault: 'endless' }) },
    verdict: 'PROTOCOL_ERROR',
    message: /too large/,
  },
  {
    name: 'an error without end: the status is enough',
    quirks: { login: () => ({ status: 401, fault: 'endless' }) },
    verdict: 'CREDENTIALS_REJECTED',
    credentialsSent: 1,
  },
  {
    name: 'a manifest that is no JSON',
    input: AMD64,
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST }, body: 'hello' }) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'a token service that answers without a token',
    quirks: { token: () => ({ body: '{"error":"none"}' }) },
    verdict: 'PROTOCOL_ERROR',
    credentialsSent: 2,
  },
  ...[
    TOKEN, `{"token":"${TOKEN}",}`, `\uFEFF{"token":"${TOKEN}"}`, `{"token":"${TOKEN}"}\n{}`, `access_token=${TOKEN}`, `{"message":"${TOKEN}"}`,
    `{"errors":[{"code":"${TOKEN}"}]}`, `{"token":"${TOKEN}","expires_in":300.0}`,
  ].flatMap((body) => [{ token: () => ({ body }) }, { post: () => ({ body }) }].map((quirks): Behaviour => ({
    name: `a token that nobody finds is not shown: ${JSON.stringify(body)} by ${Object.keys(quirks)}`,
    input: { engine: 'containerd' },
    quirks,
    verdict: 'PROTOCOL_ERROR',
    also: ({ message }) => expect(message).not.toContain(TOKEN),
  }))),
  {
    name: 'a token that would break a header',
    quirks: { token: () => ({ body: JSON.stringify({ token: 'a\r\nx: y' }) }) },
    verdict: 'PROTOCOL_ERROR',
  },
  {
    name: 'a manifest of no bytes and no digest',
    quirks: { manifest: () => ({ headers: { 'content-type': OCI_MANIFEST } }) },
    verdict: 'PROTOCOL_ERROR',
    message: /serves something that is not JSON/,
  },
  {
    name: 'a teapot from the beginning',
    quirks: { anonymous: () => ({ status: 418 }) },
    verdict: 'PROTOCOL_ERROR',
    requests: 'manifest',
  },
  {
    name: 'an image of so long a name that the cause is cut, but not the next step',
    input: {
      image: `${HOST}/${'a'.repeat(225)}:${'t'.repeat(128)}`,
      credentialsName: `the credentials in arn:aws:secretsmanager:eu-west-1:111122223333:secret:${'n'.repeat(512)}`,
    },
    quirks: { manifest: () => errors(404, 'NAME_UNKNOWN', 'long '.repeat(100)) },
    verdict: 'IMAGE_NOT_FOUND',
    message: /\.\.\.; check repository and tag, and that the image was pushed$/,
  },
  {
    name: 'a teapot',
    quirks: { manifest: () => ({ status: 418 }) },
    verdict: 'PROTOCOL_ERROR',
    message: /sent an unexpected answer \(HTTP 418/,
  },
  {
    name: 'a third party\'s text of several lines, without end and with control characters',
    quirks: { manifest: () => errors(403, 'DENIED', `no\r\n\u001b]0;x\u0007 ${'way '.repeat(5_000)}`) },
    verdict: 'PULL_DENIED',
    message: /DENIED, no \]0;x way way/,
  },
]);
