import { checkPull } from '../../src/runtime/check';
import { HOST, virtualEnvironment, useBench } from '../support/check-harness';
import { IMAGE, indexFor, PASSWORD, registry, TOKEN, USERNAME, Quirks } from '../support/registry-script';
import { errors } from '../support/scripted-registry';

const bench = useBench();

const INDEX = indexFor('linux/amd64', 'linux/arm64');
const BASIC: Quirks = { challenge: 'Basic realm="x"' };
const PUBLIC: Quirks = { any: (request, call) => request.path === '/v2/' ? { body: '{}' } : registry(HOST)({ ...request, authorization: `Bearer ${TOKEN}` }, call) };
const POST: Quirks = { post: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) };
const NO_POST: Quirks = { post: () => errors(404, 'UNSUPPORTED') };

/**
 * What is asked, in this order; + has credentials or a token. It is what the engine asks up to the first layer, except for the config of the
 * image behind an index, and with the login probe besides.
 */
const FARGATE = {
  'public': 'HEAD manifest, GET manifest, GET config',
  'Basic': 'HEAD manifest, HEAD manifest+, GET manifest+, GET config+',
  'token by POST': 'HEAD manifest, GET login+, POST token+, HEAD manifest+, GET manifest+, GET config+',
  'token, POST is 404': 'HEAD manifest, GET login+, POST token+, GET token+, HEAD manifest+, GET manifest+, GET config+',
  'index': 'HEAD manifest, GET login+, POST token+, GET token+, HEAD manifest+, GET manifest+, HEAD child+',
  'digest': 'HEAD manifest, GET login+, POST token+, GET token+, HEAD manifest+, GET manifest+, GET config+',
  'index by digest': 'HEAD manifest, GET login+, POST token+, GET token+, HEAD manifest+, GET manifest+, HEAD child+',
};
const INSTANCES: typeof FARGATE = {
  'public': 'GET ping, HEAD manifest, GET manifest, GET config',
  'Basic': 'GET ping, HEAD manifest+, GET manifest+, GET config+',
  'token by POST': 'GET ping, GET login+, GET token+, HEAD manifest+, GET manifest+, GET config+',
  'token, POST is 404': 'GET ping, GET login+, GET token+, HEAD manifest+, GET manifest+, GET config+',
  'index': 'GET ping, GET login+, GET token+, HEAD manifest+, GET manifest+, HEAD child+',
  'digest': 'GET ping, GET login+, GET token+, GET manifest+, GET config+',
  'index by digest': 'GET ping, GET login+, GET token+, GET manifest+, HEAD child+',
};

const REGISTRIES: Record<keyof typeof FARGATE, [quirks: Quirks, image?: typeof INDEX, reference?: string]> = {
  'public': [PUBLIC],
  'Basic': [BASIC],
  'token by POST': [POST],
  'token, POST is 404': [NO_POST],
  'index': [NO_POST, INDEX],
  'digest': [NO_POST, undefined, `@${IMAGE.digest}`],
  'index by digest': [NO_POST, INDEX, `@${INDEX.digest}`],
};

describe.each([['Fargate', 'containerd', FARGATE], ['instances', 'dockerd', INSTANCES]] as const)('for %s', (_, engine, requests) => {
  test.each(Object.entries(requests) as [keyof typeof FARGATE, string][])('%s: %s', async (name, expected) => {
    const [quirks, image, reference = ':1.4.2'] = REGISTRIES[name];
    bench().secure.play(registry(HOST, quirks, image));
    const input = { image: `${HOST}/acme/api${reference}`, credentials: { username: USERNAME, password: PASSWORD }, platform: 'linux/amd64', engine, ca: bench().certificate.ca };
    const result = await checkPull(input, virtualEnvironment(bench()));
    expect(result.kind).toBe('yes');
    expect(result.requests.map(({ method, purpose, authorized }) => `${method} ${purpose}${authorized ? '+' : ''}`).join(', ')).toBe(expected);
    // Docker Hub counts GETs of manifests.
    expect(result.requests.filter(({ method, purpose }) => method === 'GET' && ['manifest', 'child'].includes(purpose))).toHaveLength(1);
    expect(result.mediaType).toMatch(/^application\/vnd\.oci\.image\./);
  });
});
