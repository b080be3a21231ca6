import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign, X509Certificate, KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
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

/**
 * Docker's token specification, as most token servers do it: 401 for wrong credentials, whatever is asked; an empty grant,
 * which is no error, for right credentials without the right to pull.
 */
export async function startTokenServer(signer: Signer, accounts: readonly Account[], tls?: { cert: string; key: string }): Promise<TokenServer> {
  const seen: TokenRequest[] = [];
  const answer: http.RequestListener = (request, response) => {
    if (request.method === 'POST') {
      // Like the services that know GET only (Harbor, JFrog): containerd goes on with that.
      response.writeHead(404).end();
      return;
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const scope = searchParams.get('scope') ?? undefined;
    const credentials = credentialsOf(request);
    const account = accounts.find(({ username, password }) => username === credentials?.username && password === credentials.password);
    const refused = credentials !== undefined && account === undefined;
    const status = refused ? 401 : 200;
    seen.push({ username: credentials?.username, scope, status });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refused
      ? { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] }
      : { token: tokenFor(signer, account, searchParams.getAll('scope')), expires_in: 300 }));
  };
  return { ...await listen(tls === undefined ? http.createServer(answer) : https.createServer(tls, answer)), seen };
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
