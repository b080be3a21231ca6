import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pushCatalogue } from './catalogue';
import { startConnectProxy } from './connect-proxy';
import { skopeoAt, Pulled } from './skopeo';
import { startCountingProxy } from '../../registries/counting-proxy';
import { DISTRIBUTION_3 } from '../../registries/registries';
import { startRegistry, RegistryProcess } from '../../registries/registry-process';
import { basicAuth, startServers, tlsFiles, Started } from '../../registries/servers';
import { makeSigner, startTokenServer, tokenAuth, Account, TokenServer } from '../../registries/token-server';
import { makeCertificate } from '../../support/certificates';
import { Routes } from '../../support/lambda-process';

/** Its token service has the registry's own name, as GHCR has it. */
export const GHCR = 'ghcr.io';
/** A registry of one's own: distribution ends the TLS itself, and its token service has another name. */
export const SELF_HOSTED = 'registry.example.com';
export const SELF_HOSTED_AUTH = 'auth.example.com';
/** A registry of one's own that knows Basic authentication only. */
export const BASIC = 'nexus.example.com';
/** The function takes it for public: it belongs to a network for documentation. */
const ADDRESS = '198.51.100.10';

/** May pull what is in acme/. Its name and password hold what shells, JSON and headers stumble over. */
export const PULLER: Account = { username: 'robot$acme+puller', password: 'gh"p_t0k\\en:$+/=9f1', repositories: ['acme/'] };
/** May pull the same. CloudFormation can put such a password into JSON as it is. */
export const PLAIN_PULLER: Account = { username: 'acme-bot', password: 'ghp_$T0k%n&+/=3c7', repositories: ['acme/'] };
/** Logs in, but may pull nothing of acme's. */
export const STRANGER: Account = { username: 'stranger', password: 'str4nger-Pa55', repositories: ['elsewhere/'] };

/** The registries, and how a name leads to them. */
export interface Internet {
  /** For the process that stands for a Lambda function. */
  readonly routes: Routes;
  /** File with the authorities that everybody here trusts. */
  readonly certificateAuthority: string;
  /** Who may log in to the registries with tokens. */
  readonly accounts: readonly Account[];
  readonly formerPasswords: readonly string[];
  readonly tokens: TokenServer;
  /** Digest of a tag of acme/api, as the registry has it. */
  readonly digests: Readonly<Record<string, string>>;
  /** Gives an account another password, as when a token expires and a new one is made. */
  rotate(username: string, password: string): void;
  /** Pulls an image with the client of other people, by its own name. */
  pull(image: string, credentials: { username: string; password: string }): Promise<Pulled>;
  stop(): Promise<void>;
}

/** Starts distribution 3 three times over the same images. Whatever was started is stopped if something fails. */
export async function startInternet(): Promise<Internet> {
  return startServers('e2e-registries-', startRegistries);
}

async function startRegistries(directory: string, started: Started): Promise<Omit<Internet, 'stop'>> {
  const certificate = makeCertificate([GHCR, SELF_HOSTED, SELF_HOSTED_AUTH, BASIC]);
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
  const basic = await registry('basic', basicAuth(directory, 'Nexus', [PULLER]), true);

  const ports = { [GHCR]: ghcr.port, [SELF_HOSTED]: own.port, [SELF_HOSTED_AUTH]: ownTokens.port, [BASIC]: basic.port };
  const proxy = await started(startConnectProxy(ports));
  return {
    routes: Object.fromEntries(Object.entries(ports).map(([host, port]) => [host, { address: ADDRESS, port }])),
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
    pull: skopeoAt(proxy.port, certificateAuthority),
  };
}
