import { ImageReference } from '../../src/reference/image-reference';
import { checkPull, readCredentials, CheckEnvironment, CheckInput, Verdict } from '../../src/runtime/check';
import { virtualEnvironment, Bench } from '../support/check-harness';
import { imageFor, indexFor, PASSWORD, registry, TOKEN, USERNAME, Quirks } from '../support/registry-script';
import { document, errors, Script } from '../support/scripted-registry';
import { IMAGE } from '../support/synth';

const SECRET = 'the secret ghcr-pull';
const READER = 'arn:aws:iam::111122223333:role/Api-PullCheck';
const STORED = JSON.stringify({ username: USERNAME, password: PASSWORD });
const PLACEHOLDER = '{"username":"placeholder"}';

/** What leads to a verdict: the content of the secret, or the error of Secrets Manager, and the answers of the registry. */
interface Example {
  readonly stored?: string;
  readonly denied?: { readonly name: string; readonly message: string };
  readonly quirks?: Quirks;
  readonly script?: Script;
  readonly input?: Partial<CheckInput>;
  readonly environment?: Partial<CheckEnvironment>;
}

export const EXAMPLES: Readonly<Record<Verdict, Example>> = {
  OK: { script: registry('ghcr.io', {}, indexFor('linux/amd64', 'linux/arm64')) },
  PUBLIC_IMAGE: {
    script: (request, call) => registry('ghcr.io', {}, indexFor('linux/amd64', 'linux/arm64'))({ ...request, authorization: `Bearer ${TOKEN}` }, call),
  },
  SECRET_NOT_FOUND: { denied: { name: 'ResourceNotFoundException', message: 'Secrets Manager can\'t find the specified secret.' } },
  SECRET_ACCESS_DENIED: { denied: { name: 'AccessDeniedException', message: 'is not authorized to perform: secretsmanager:GetSecretValue' } },
  KMS_ACCESS_DENIED: { denied: { name: 'AccessDeniedException', message: 'Access to KMS is not allowed' } },
  SECRET_EMPTY: { stored: JSON.stringify({ username: USERNAME, password: '' }) },
  SECRET_PLACEHOLDER: { stored: PLACEHOLDER },
  SECRET_MALFORMED: { stored: `${USERNAME}:ghp_0123456789` },
  CREDENTIALS_REJECTED: { quirks: { login: () => errors(403, 'DENIED', 'denied') } },
  PULL_DENIED: { quirks: { manifest: () => errors(403, 'DENIED', 'permission_denied: read_package') } },
  IMAGE_NOT_FOUND: { quirks: { manifest: () => errors(404, 'MANIFEST_UNKNOWN', 'manifest unknown') } },
  IMAGE_INCOMPLETE: { script: registry('ghcr.io', { child: () => errors(404, 'MANIFEST_UNKNOWN', 'manifest unknown') }, indexFor('linux/amd64')) },
  PLATFORM_MISSING: { script: registry('ghcr.io', {}, imageFor('arm64')) },
  NOT_AN_IMAGE: {
    quirks: {
      manifest: () => document('application/vnd.oci.image.manifest.v1+json', JSON.stringify({
        schemaVersion: 2, config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [],
      })),
    },
  },
  BLOCKED_BY_POLICY: {
    ...at('harbor.example.com/acme/api:1.4.2', { manifest: () => errors(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities cannot be pulled') }),
  },
  REALM_NOT_TRUSTED: at('registry.example.com/acme/api:1.4.2', { challenge: 'Bearer realm="https://gitlab.example.com/jwt/auth",service="s"' }),
  HOST_NOT_LISTED: { stored: JSON.stringify({ username: USERNAME, password: PASSWORD, hosts: ['quay.io'] }) },
  RATE_LIMITED: at('docker.io/acme/api:1.4.2', { any: () => errors(429, 'TOOMANYREQUESTS', 'too many requests', { 'retry-after': '3600' }) }),
  NETWORK_RESTRICTED: at('acme.azurecr.io/api:1.4.2', {
    login: () => errors(403, 'DENIED', 'client with IP \'203.0.113.7\' is not allowed access'),
  }),
  TLS_UNTRUSTED: { input: { image: 'harbor.example.com/acme/api:1.4.2', ca: undefined } },
  NO_ROUTE: {
    input: { image: 'harbor.example.com/acme/api:1.4.2' },
    environment: { connectTo: undefined, lookup: (_, __, callback) => callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), '', 0) },
  },
  REGISTRY_UNAVAILABLE: at('quay.io/acme/api:1.4.2', { any: () => errors(503, 'UNAVAILABLE') }),
  PROTOCOL_ERROR: at('www.example.com/acme/api:1.4.2', { any: () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }) }),
};

/** A registry of its own. */
function at(image: string, quirks: Quirks): Example {
  return { input: { image }, script: registry(ImageReference.parse(image).host, quirks) };
}

/** What the real check makes of an example, as the function outside of any VPC asks it for a Fargate task on x86. */
export async function play(bench: Bench, example: Example): Promise<{ verdict: Verdict; message: string }> {
  const { stored = STORED, denied, quirks, script, input, environment } = example;
  bench.secure.play(script ?? registry('ghcr.io', quirks));
  const time = virtualEnvironment(bench);
  const read = async () => {
    if (denied) {
      throw Object.assign(new Error(denied.message), { name: denied.name });
    }
    return { secretString: stored };
  };
  return checkPull({
    image: IMAGE,
    credentials: async () => readCredentials(read, { name: SECRET, reader: READER, placeholder: PLACEHOLDER }, time),
    credentialsName: 'the credentials in ghcr-pull',
    platform: 'linux/amd64',
    engine: 'containerd',
    location: 'function',
    ca: bench.certificate.ca,
    ...input,
  }, { ...time, ...environment });
}
