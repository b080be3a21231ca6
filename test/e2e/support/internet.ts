import { writeFileSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { pushCatalogue } from './catalogue';
import { ENDPOINT } from './cloud';
import { startCountingProxy } from '../../registries/counting-proxy';
import { DISTRIBUTION_3 } from '../../registries/registries';
import { startRegistry, RegistryProcess, SeenRequest } from '../../registries/registry-process';
import { basicAuth, startServers, tlsFiles, Started } from '../../registries/servers';
import { makeSigner, startTokenServer, tokenAuth, Account, TokenServer } from '../../registries/token-server';
import { makeCertificate } from '../../support/certificates';

/** Its token service has the registry's own name, as GHCR has it. */
export const GHCR = 'ghcr.io';
/** A registry of one's own: distribution ends the TLS itself, and its token service has another name. */
export const SELF_HOSTED = 'registry.example.com';
export const SELF_HOSTED_AUTH = 'auth.example.com';
/** A registry of one's own that knows Basic authentication only. */
export const BASIC = 'nexus.example.com';
/** Docker Hub, whose images need no host, under the names that engines ask. */
const HUB = 'registry-1.docker.io';
const HUB_AUTH = 'auth.docker.io';
/** The function answers here, over TLS, which the emulators do not speak. At AWS it is an address of S3. */
export const CLOUDFORMATION = 'cloudformation.eu-west-1.amazonaws.com';
/** May pull what is in acme/. Its name and password hold what shells, JSON and headers stumble over. */
export const PULLER: Account = { username: 'robot$acme+puller', password: 'gh"p_t0k\\en:$+/=9f1', repositories: ['acme/'] };
/** May pull the same. CloudFormation can put such a password into JSON as it is. */
export const PLAIN_PULLER: Account = { username: 'acme-bot', password: 'ghp_$T0k%n&+/=3c7', repositories: ['acme/'] };
/** Docker Hub does not know the account that is for GHCR, so that an image without a host shows whose credentials it gets. */
const HUB_ACCOUNTS = [PLAIN_PULLER];
/** Logs in, but may pull nothing of acme's. */
export const STRANGER: Account = { username: 'stranger', password: 'str4nger-Pa55', repositories: ['elsewhere/'] };

/** The registries, each by its name on port 443: see scripts/e2e/enter.sh. */
export interface Internet {
  /** File with the authorities that everybody here trusts. */
  readonly certificateAuthority: string;
  /** Who may log in to the registries with tokens. */
  readonly accounts: readonly Account[];
  readonly formerPasswords: readonly string[];
  readonly tokens: TokenServer;
  /** What GHCR has answered. */
  readonly seen: readonly SeenRequest[];
  /** Digest of a tag of acme/api, as the registry has it. */
  readonly digests: Readonly<Record<string, string>>;
  /** Gives an account another password, as when a token expires and a new one is made. */
  rotate(username: string, password: string): void;
  stop(): Promise<void>;
}

/** Starts distribution 3 four times over the same images. Whatever was started is stopped if something fails. */
export async function startInternet(): Promise<Internet> {
  return startServers('e2e-registries-', startRegistries);
}

async function startRegistries(directory: string, started: Started): Promise<Omit<Internet, 'stop'>> {
  const certificate = makeCertificate([GHCR, SELF_HOSTED, SELF_HOSTED_AUTH, BASIC, HUB, HUB_AUTH, CLOUDFORMATION]);
  const tls = tlsFiles(directory, certificate);
  const certificateAuthority = join(directory, 'ca.pem');
  writeFileSync(certificateAuthority, certificate.ca);
  const signer = makeSigner(directory);
  const accounts = [PULLER, PLAIN_PULLER, STRANGER];
  const formerPasswords: string[] = [];
  const storage = join(directory, 'storage');
  const registry = (name: string, auth?: object, secure = false): Promise<RegistryProcess> =>
    started(startRegistry(DISTRIBUTION_3, { name, directory, storage, auth, tls: secure ? tls : undefined }));

  const digests = await pushCatalogue(join(directory, 'layout'), (await registry('open')).port);
  const tokens = await started(startTokenServer(signer, accounts));
  const behindGhcr = await registry('ghcr', tokenAuth(signer, `https://${GHCR}/token`));
  const ghcr = await started(startCountingProxy((path) => path.startsWith('/token') ? tokens.port : behindGhcr.port, certificate));
  const ownTokens = await started(startTokenServer(signer, accounts, { tls: certificate }));
  const own = await registry('own', tokenAuth(signer, `https://${SELF_HOSTED_AUTH}/token`), true);
  const hubTokens = await started(startTokenServer(signer, HUB_ACCOUNTS, { tls: certificate }));
  const hub = await registry('hub', tokenAuth(signer, `https://${HUB_AUTH}/token`), true);
  const basic = await registry('basic', basicAuth(directory, 'Nexus', [PULLER]), true);

  const answers = await started(startCountingProxy(Number(new URL(ENDPOINT).port), certificate));

  const ports = {
    [GHCR]: ghcr.port,
    [SELF_HOSTED]: own.port,
    [SELF_HOSTED_AUTH]: ownTokens.port,
    [HUB]: hub.port,
    [HUB_AUTH]: hubTokens.port,
    [BASIC]: basic.port,
    [CLOUDFORMATION]: answers.port,
  };
  for (const [host, port] of Object.entries(ports)) {
    await started(lead(host, port));
  }
  return {
    certificateAuthority,
    accounts,
    rotate: (username, password) => {
      const index = accounts.findIndex((account) => account.username === username);
      formerPasswords.push(accounts[index].password);
      accounts[index] = { ...accounts[index], password };
    },
    formerPasswords,
    tokens,
    digests,
    seen: ghcr.seen,
  };
}

/** Port 443 of a host leads to the port of its server. */
async function lead(host: string, port: number): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(one);
      one.pipe(other).once('error', () => one.destroy());
      one.once('close', () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(443, host, resolve);
  });
  return {
    stop: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
