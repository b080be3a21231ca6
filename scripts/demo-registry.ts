/**
 * A registry for the demo, with one image and one account whose old token is expired. Prints its port and runs until it is
 * killed.
 */
import { imageFor } from '../test/support/registry-script';
import { errors, Script, startScriptedServer } from '../test/support/scripted-registry';

const IMAGE = imageFor('amd64');
const BEARER = 'token-of-one-check';

const script: Script = ({ host, path, query, authorization = '' }) => {
  if (path === '/token') {
    const [, password] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
    if (password === 'new-token') {
      return { body: JSON.stringify({ token: query.has('scope') ? BEARER : 'of-login' }) };
    }
    return errors(401, 'UNAUTHORIZED', password === 'old-token' ? 'the token expired on 2026-10-31' : 'incorrect username or password');
  }
  if (authorization !== `Bearer ${BEARER}`) {
    const challenge = `Bearer realm="http://${host}/token",service="${host}",scope="repository:acme/api:pull"`;
    return errors(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  }
  if (['1.4.2', IMAGE.digest].some((reference) => path === `/v2/acme/api/manifests/${reference}`)) {
    return IMAGE.answer;
  }
  return path.startsWith('/v2/acme/api/blobs/') ? { body: IMAGE.config } : errors(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
};

void startScriptedServer().then((server) => {
  server.play(script);
  console.log(server.port);
});
