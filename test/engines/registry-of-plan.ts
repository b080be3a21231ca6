import { partsOf } from './dimensions';
import { frame } from './framing';
import { Parts, Plan } from './parts';
import { Exchange } from './play';
import { HOST } from '../support/check-harness';
import { PASSWORD, TOKEN, USERNAME } from '../support/registry-script';
import { digestOf, errors, Answer, Script, SeenRequest } from '../support/scripted-registry';

interface Content {
  readonly type: string;
  readonly body: string;
}

/** What the registry of these parts stores: the manifest or index, the child of an index, the config. */
function contents(parts: Parts): { top: Content; child?: Content; leaf?: Content; config: Content } {
  const platform = parts.platform === 'linux/arm64' ? { os: 'linux', architecture: 'arm64' } : { os: 'linux', architecture: 'amd64' };
  const config = { type: 'application/octet-stream', body: JSON.stringify({ ...platform, rootfs: { type: 'layers', diff_ids: [] }, ...parts.config }) };
  const image = {
    type: parts.manifestType,
    body: parts.changeText(JSON.stringify(parts.changeManifest({
      schemaVersion: 2,
      mediaType: parts.manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config.body), size: Buffer.byteLength(config.body) },
      layers: [],
    }))),
  };
  if (parts.entries === undefined) {
    return { top: image, config };
  }
  const index = (child: Content, entries: (child: Record<string, unknown>) => object[]) => ({
    type: parts.indexType,
    body: JSON.stringify({
      schemaVersion: 2,
      mediaType: parts.indexType,
      manifests: entries({ mediaType: child.type, digest: digestOf(child.body), size: Buffer.byteLength(child.body) }),
    }),
  });
  if (parts.nested) {
    const inner = index(image, (child) => [{ ...child, platform }]);
    return { top: index(inner, parts.entries), child: inner, leaf: image, config };
  }
  return { top: index(image, parts.entries), child: image, config };
}

export function exchangeOfPlan(plan: Plan, ca: string): Exchange {
  const parts = partsOf(plan);
  const stored = contents(parts);
  const digest = digestOf(stored.top.body);
  const image = {
    'tag': ':1.4.2', 'digest': `@${digest}`, 'tag and digest': `:1.4.2@${digest}`, 'name': '', 'other digest': `@${digestOf('else')}`,
  }[parts.reference];
  return {
    script: scriptOf(parts, stored),
    input: {
      image: `${HOST}/acme/api${image}`,
      credentials: { username: USERNAME, password: parts.password },
      platform: parts.platform,
      ca,
      // Only the check's own pauses pass in it, and those by leaps.
      timeoutMs: 600_000,
    },
  };
}

function scriptOf(parts: Parts, { top, child, leaf, config }: ReturnType<typeof contents>): Script {
  const basic = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;
  const unauthorized = errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': parts.challenge });
  const refused = errors(401, 'UNAUTHORIZED', 'incorrect username or password');
  const loggedIn = parts.password === PASSWORD;
  const token = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: TOKEN, expires_in: 300 }) };

  const tokenService = ({ method, query, authorization }: SeenRequest): Answer => {
    if (method === 'POST') {
      // A token by POST is for who has the password, which stands in the body.
      return loggedIn ? parts.post ?? refused : refused;
    }
    if (!query.has('scope')) {
      return parts.probe ?? (authorization === basic ? token : refused);
    }
    return authorization === basic ? parts.token ?? token : refused;
  };

  const content = ({ method, path }: SeenRequest): Answer => {
    const reference = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    if (path.includes('/blobs/')) {
      return reference === digestOf(config.body) ? parts.configAnswer(answerOf(config), method) : errors(404, 'BLOB_UNKNOWN');
    }
    if (reference === '1.4.2' || reference === 'latest') {
      return (method === 'HEAD' ? parts.head : parts.get)(answerOf(top, parts.contentType), method);
    }
    if (reference === digestOf(top.body)) {
      return parts.byDigest(answerOf(top, parts.contentType), method);
    }
    const found = [child, leaf].find((stored) => stored !== undefined && digestOf(stored.body) === reference);
    return found === undefined ? errors(404, 'MANIFEST_UNKNOWN') : parts.child(answerOf(found), method);
  };

  const answer = (request: SeenRequest): Answer => {
    const { host, method, path, authorization } = request;
    if (host !== HOST || path.startsWith('/moved')) {
      return parts.cdn ?? (path.startsWith('/config') ? answerOf(config) : answerOf(top, parts.contentType));
    }
    if (path.startsWith('/token')) {
      return tokenService(request);
    }
    if (path === '/v2/') {
      return parts.ping ?? unauthorized;
    }
    if (!path.startsWith('/v2/acme/api/')) {
      return errors(404, 'NAME_UNKNOWN');
    }
    if (authorization === undefined) {
      return parts.anonymous(method, content(request)) ?? unauthorized;
    }
    const may = parts.granted && (authorization === `Bearer ${TOKEN}` || (loggedIn && authorization === basic));
    return may ? content(request) : unauthorized;
  };
  return (request) => {
    const { framing, framed } = parts;
    const part = request.path.startsWith('/token') ? 'token' : request.path.includes('/blobs/') ? 'config' : 'manifest';
    return framing !== undefined && framed === part ? frame(answer(request), framing, request.method) : answer(request);
  };
}

function answerOf({ type, body }: Content, contentType: string = type): Answer {
  return { headers: { 'content-type': contentType, 'docker-content-digest': digestOf(body) }, body };
}
