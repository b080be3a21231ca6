import { join } from 'node:path';
import { ACCOUNTS } from './accounts';
import { startCountingProxy } from './counting-proxy';
import { pushImages } from './images';
import { Software } from './registries';
import { startRegistry, SeenRequest } from './registry-process';
import { basicAuth, startServers, tlsFiles, Started } from './servers';
import { makeSigner, startTokenServer, tokenAuth, Signer, TokenServer } from './token-server';
import { CheckInput } from '../../src/runtime/check';
import { makeCertificate } from '../support/certificates';

/** Names in the certificate of the registries with TLS; nothing has to resolve them (see `connectTo` in checking.ts). */
export const REGISTRY_HOST = 'registry.test';
const AUTH_HOST = 'auth.test';
/** By name: crane follows no realm to a loopback address. */
const PLAIN_AUTH_HOST = 'localhost';

/** `token-tls` answers POST as well, the other token services know nothing but GET. */
export const ACCESS_NAMES = ['open', 'basic', 'token', 'open-tls', 'basic-tls', 'token-tls', 'token-get-tls'] as const;
export type AccessName = typeof ACCESS_NAMES[number];

/** One way to the images: the same for all of them, so only who may have them differs. */
export interface Access {
  readonly name: AccessName;
  readonly host: string;
  /** What the check has to be told about the registry, as its user would. */
  readonly input: Pick<CheckInput, 'insecureLoopback' | 'ca' | 'authHost'>;
  /** What the registry has answered. */
  readonly seen: SeenRequest[];
  readonly tokens?: TokenServer;
}

export interface Lab {
  /** Whose tokens the registries take. */
  readonly signer: Signer;
  access(name: AccessName): Access;
  stop(): Promise<void>;
}

/** Starts one registry for each access over the same images. Whatever was started is stopped if something fails. */
export async function startLab(software: Software): Promise<Lab> {
  return startServers('registries-', (directory, started) => startAccesses(software, directory, started));
}

async function startAccesses(software: Software, directory: string, started: Started): Promise<Omit<Lab, 'stop'>> {
  const certificate = makeCertificate([REGISTRY_HOST, AUTH_HOST]);
  const tls = tlsFiles(directory, certificate);
  const basic = basicAuth(directory, 'Lab', ACCOUNTS);
  const signer = makeSigner(directory);
  const tokens = await started(startTokenServer(signer, ACCOUNTS, { getOnly: true }));
  const tlsTokens = await started(startTokenServer(signer, ACCOUNTS, { tls: certificate }));
  const tlsGetTokens = await started(startTokenServer(signer, ACCOUNTS, { tls: certificate, getOnly: true }));

  const accesses = new Map<AccessName, Access>();
  const start = async (name: AccessName, auth: object | undefined, secure: boolean, tokenServer?: TokenServer) => {
    const storage = join(directory, 'storage');
    const registry = await started(startRegistry(software, { name, directory, storage, auth, tls: secure ? tls : undefined }));
    // A proxy would have to end the TLS that is to be tried; there the access log has to do.
    const { port, seen } = secure ? registry : await started(startCountingProxy(registry.port));
    const authHost = tokenServer && `${secure ? AUTH_HOST : PLAIN_AUTH_HOST}:${tokenServer.port}`;
    accesses.set(name, {
      name,
      host: `${secure ? REGISTRY_HOST : '127.0.0.1'}:${port}`,
      input: { authHost, ...secure ? { ca: certificate.ca } : { insecureLoopback: true } },
      seen,
      tokens: tokenServer,
    });
    return registry.port;
  };
  await pushImages(join(directory, 'layout'), await start('open', undefined, false));
  await start('basic', basic, false);
  await start('token', tokenAuth(signer, `http://${PLAIN_AUTH_HOST}:${tokens.port}/token`), false, tokens);
  await start('open-tls', undefined, true);
  await start('basic-tls', basic, true);
  await start('token-tls', tokenAuth(signer, `https://${AUTH_HOST}:${tlsTokens.port}/token`), true, tlsTokens);
  await start('token-get-tls', tokenAuth(signer, `https://${AUTH_HOST}:${tlsGetTokens.port}/token`), true, tlsGetTokens);
  return { access: (name) => accesses.get(name)!, signer };
}

/** A lab for the tests of one `describe`. */
export function useLab(software: Software): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await startLab(software);
  });
  afterAll(async () => {
    await lab?.stop();
  });
  return () => lab!;
}
