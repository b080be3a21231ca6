import { generateKeyPairSync } from 'node:crypto';
import { ALICE, STRANGER } from './accounts';
import { QUESTIONS, Authorization, Question } from './answers';
import { REPOSITORY } from './images';
import { useLab, Lab } from './lab';
import { SOFTWARE } from './registries';
import { tokenFor, Signer } from './token-server';
import { Credentials } from '../../src/runtime/check';

/** As the clients of registries send it. */
const MANIFEST_ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

describe.each(SOFTWARE)('$name', (software) => {
  const lab = useLab(software);

  test.each(QUESTIONS.map((question) => [question.name, question] as const))('%s', async (_, question) => {
    const { answer } = question;
    expect(await answerTo(question, lab())).toBe(typeof answer === 'string' ? answer : answer[software.name]);
  });
});

async function answerTo({ access, method, path, accept, authorization }: Question, lab: Lab): Promise<string> {
  const headers: Record<string, string> = { accept: accept ?? MANIFEST_ACCEPT };
  if (authorization !== undefined) {
    headers.authorization = authorizationOf(authorization, lab.signer);
  }
  const response = await fetch(`http://${lab.access(access).host}/v2/${path}`, { method, headers, redirect: 'manual' });
  return summary(response, await response.text());
}

function authorizationOf(kind: Authorization, signer: Signer): string {
  const scopes = [`repository:${REPOSITORY}:pull`, 'repository:team/none:pull'];
  switch (kind) {
    case 'basic': return basicAuthorization(ALICE);
    case 'wrong-basic': return basicAuthorization({ ...ALICE, password: 'wrong' });
    case 'token': return `Bearer ${tokenFor(signer, ALICE, scopes)}`;
    case 'token-without-right': return `Bearer ${tokenFor(signer, STRANGER, scopes)}`;
    case 'expired-token': return `Bearer ${tokenFor(signer, ALICE, scopes, -3600)}`;
    case 'token-of-another-issuer': return `Bearer ${tokenFor(otherKey(signer), ALICE, scopes)}`;
    case 'garbage': return 'Bearer n0-token';
  }
}

function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function otherKey(signer: Signer): Signer {
  return { ...signer, key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
}

/** All that a client can go by. */
function summary({ status, headers }: Response, body: string): string {
  const [error] = /^\{"errors":/.test(body) ? (JSON.parse(body) as { errors: { code: string; message: string }[] }).errors : [];
  return [
    status,
    error === undefined ? headers.get('content-type') : `${error.code}: ${error.message}`,
    headers.has('docker-content-digest') ? 'with digest' : '',
    headers.get('www-authenticate')?.replace(/realm="http:[^"]+"/, 'realm="<realm>"'),
  ].filter(Boolean).join(', ');
}
