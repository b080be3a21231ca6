import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign, X509Certificate, KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listen, LocalServer } from './local-server';
import { Credentials } from '../../src/runtime/check';

const SERVICE = 'lab-registry';
const ISSUER = 'lab-issuer';

export interface Account extends Credentials {
  /** Beginnings of the repositories that this account may pull from. */
  readonly repositories: readonly string[];
}

/** Repositories that anybody may pull from, logged in or not. */
export const PUBLIC_REPOSITORIES = 'public/';

/** What a token server signs with, and the certificate by which registries know it. */
export interface Signer {
  readonly certificateFile: string;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

export interface TokenRequest {
  readonly username?: string;
  readonly scope?: string;
  readonly status: number;
}

export interface TokenServer extends LocalServer {
  readonly seen: TokenRequest[];
}

export function makeSigner(directory: string): Signer {
  const [certificateFile, keyFile] = ['signer.pem', 'signer.key'].map((name) => join(directory, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', certificateFile, '-days', '2', '-subj', '/CN=Lab issuer'], { stdio: 'ignore' });
  return { certificateFile, certificate: new X509Certificate(readFileSync(certificateFile)), key: createPrivateKey(readFileSync(keyFile)) };
}

/** Token authentication, as in the configuration of a registry that takes what the signer has signed. */
export function tokenAuth(signer: Signer, realm: string): { token: object } {
  return { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: signer.certificateFile } };
}

export interface TokenServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Like the services that know nothing but GET (Harbor, JFrog): containerd goes on with that. */
  readonly getOnly?: boolean;
}

/**
 * Docker's token specification, as most token servers do it: 401 for wrong credentials, whatever is asked; an empty grant,
 * which is no error, for right credentials without the right to pull. By POST as OAuth 2 has it.
 */
export async function startTokenServer(
  signer: Signer, accounts: readonly Account[], { tls, getOnly = false }: TokenServerOptions = {},
): Promise<TokenServer> {
  const seen: TokenRequest[] = [];
  const decide = (asked: URLSearchParams, credentials: Credentials | undefined, isPost: boolean): readonly [status: number, body: object] => {
    if (isPost && getOnly) {
      return [404, {}];
    }
    if (isPost && asked.get('grant_type') !== 'password') {
      return [400, { error: 'unsupported_grant_type' }];
    }
    const account = accounts.find(({ username, password }) => username === credentials?.username && password === credentials.password);
    return credentials !== undefined && account === undefined ? [401, REFUSED] : [200, grant(signer, account, asked.getAll('scope'), isPost)];
  };
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const isPost = request.method === 'POST';
    const asked = isPost ? new URLSearchParams(await text(request)) : new URL(request.url ?? '/', 'http://localhost').searchParams;
    const credentials = isPost ? { username: asked.get('username') ?? '', password: asked.get('password') ?? '' } : credentialsOf(request);
    const [status, body] = decide(asked, credentials, isPost);
    seen.push({ username: credentials?.username, scope: asked.get('scope') ?? undefined, status });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const listener: http.RequestListener = (request, response) => void answer(request, response);
  return { ...await listen(tls === undefined ? http.createServer(listener) : https.createServer(tls, listener)), seen };
}

const REFUSED = { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] };

function grant(signer: Signer, account: Account | undefined, scopes: readonly string[], isPost: boolean): object {
  const token = tokenFor(signer, account, scopes);
  const lifetime = { expires_in: 300, issued_at: new Date().toISOString() };
  return isPost ? { access_token: token, scope: scopes.join(' '), ...lifetime } : { token, ...lifetime };
}

function credentialsOf(request: http.IncomingMessage): Credentials | undefined {
  const [, encoded] = /^Basic (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  return username === undefined ? undefined : { username, password };
}

export function tokenFor(signer: Signer, account: Account | undefined, scopes: readonly string[], lifetime: number = 300): string {
  const now = Math.floor(Date.now() / 1000);
  const allowed = [...account?.repositories ?? [], PUBLIC_REPOSITORIES];
  const access = scopes.flatMap((scope) => scope.split(' ')).map((scope) => scope.split(':'))
    .filter(([type, name]) => type === 'repository' && allowed.some((beginning) => name.startsWith(beginning)))
    .map(([type, name]) => ({ type, name, actions: ['pull'] }));
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = [
    part({ typ: 'JWT', alg: 'RS256', x5c: [signer.certificate.raw.toString('base64')] }),
    part({ iss: ISSUER, sub: account?.username ?? '', aud: SERVICE, exp: now + lifetime, nbf: now - 5, iat: now, jti: randomUUID(), access }),
  ].join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), signer.key).toString('base64url')}`;
}
