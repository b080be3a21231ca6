import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Relay } from './relay';
import { ACCOUNTS } from '../test/registries/accounts';
import { startCountingProxy } from '../test/registries/counting-proxy';
import { pushImages } from '../test/registries/images';
import { DISTRIBUTION_3 } from '../test/registries/registries';
import { startRegistry } from '../test/registries/registry-process';
import { basicAuth, startServers, tlsFiles, Started } from '../test/registries/servers';
import { makeSigner, startTokenServer, tokenAuth } from '../test/registries/token-server';
import { makeCertificate } from '../test/support/certificates';

/** What every resolver knows, and crane follows a token server to. */
export const HOST = 'localhost';

/** A registry with TLS, at the other end of a way whose length can be set. */
export interface Site {
  readonly name: string;
  /** With the port at this end. */
  readonly host: string;
  /** Host and port of the token server, if that is another host. */
  readonly authHost?: string;
  /** How many requests of a check only ask whether the login is right, which nobody else does. */
  readonly loginProbes: number;
  setRoundTrip(milliseconds: number): void;
  closeConnections(): Promise<void>;
}

export interface Sites {
  readonly sites: readonly Site[];
  /** The certificate to trust (PEM), and a file that has it. */
  readonly ca: string;
  readonly caFile: string;
  stop(): Promise<void>;
}

const CLOSE_DELAY = 50;

/** The ways to authenticate that registries have, in front of the same images. */
export async function startSites(): Promise<Sites> {
  return startServers('bench-sites-', startAll);
}

async function startAll(directory: string, started: Started): Promise<Omit<Sites, 'stop'>> {
  const certificate = makeCertificate([HOST]);
  const tls = tlsFiles(directory, certificate);
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, certificate.ca);
  const signer = makeSigner(directory);
  const storage = join(directory, 'storage');
  const registry = (name: string, auth?: object, secure = true) => (
    started(startRegistry(DISTRIBUTION_3, { name, directory, storage, auth, tls: secure ? tls : undefined }))
  );
  const tokensAt = (relay: Relay) => tokenAuth(signer, `https://${HOST}:${relay.port}/token`);
  const [basicRelay, bearerRelay, tokenRelay, oneHostRelay] = await Promise.all([1, 2, 3, 4].map(async () => started(Relay.start())));
  await pushImages(join(directory, 'layout'), (await registry('open', undefined, false)).port);

  const basic = await registry('basic', basicAuth(directory, 'Bench', ACCOUNTS));
  basicRelay.target = basic.port;

  const tokens = await started(startTokenServer(signer, ACCOUNTS, { tls: certificate }));
  const bearer = await registry('bearer', tokensAt(tokenRelay));
  bearerRelay.target = bearer.port;
  tokenRelay.target = tokens.port;

  const { port: tokenPort } = await started(startTokenServer(signer, ACCOUNTS));
  const hidden = await registry('one-host', tokensAt(oneHostRelay), false);
  const oneHost = await started(startCountingProxy((path) => path.startsWith('/token?') ? tokenPort : hidden.port, certificate));
  oneHostRelay.target = oneHost.port;

  const sites = [
    site('Basic authentication', 0, [basicRelay]),
    site('a token server on a separate host', 1, [bearerRelay, tokenRelay]),
    site('a token server at the registry', 1, [oneHostRelay]),
  ];
  return { sites, ca: certificate.ca, caFile };
}

function site(name: string, loginProbes: number, relays: Relay[]): Site {
  const [registry, tokens] = relays;
  return {
    name,
    loginProbes,
    host: `${HOST}:${registry.port}`,
    authHost: tokens && `${HOST}:${tokens.port}`,
    setRoundTrip: (milliseconds) => relays.forEach((relay) => {
      relay.roundTrip = milliseconds;
    }),
    closeConnections: async () => {
      relays.forEach((relay) => relay.closeConnections());
      // Until everybody knows.
      await new Promise((resolve) => setTimeout(resolve, CLOSE_DELAY));
    },
  };
}
