import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Remembers a server, so that it is stopped with all others. */
export type Started = <T extends { stop(): Promise<void> }>(server: Promise<T>) => Promise<T>;

/** Starts servers that have a directory for their files. Whatever was started is stopped if something fails. */
export async function startServers<T extends object>(
  prefix: string, start: (directory: string, started: Started) => Promise<T>,
): Promise<T & { stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.allSettled(stops.splice(0).map((step) => step()));
    rmSync(directory, { recursive: true, force: true });
  };
  const started: Started = async (starting) => {
    const server = await starting;
    stops.push(() => server.stop());
    return server;
  };
  try {
    return { ...await start(directory, started), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes what a registry needs to end TLS itself. */
export function tlsFiles(directory: string, { cert, key }: { cert: string; key: string }): { certificate: string; key: string } {
  const files = { certificate: join(directory, 'server.pem'), key: join(directory, 'server.key') };
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key);
  return files;
}

/** Basic authentication, as in a registry's configuration. */
export function basicAuth(directory: string, realm: string, accounts: { username: string; password: string }[]): { htpasswd: object } {
  const path = join(directory, 'htpasswd');
  writeFileSync(path, accounts.map(htpasswdLine).join(''));
  return { htpasswd: { realm, path } };
}

/** bcrypt is the only hash that distribution takes; its lowest cost, since this is no secret. */
function htpasswdLine({ username, password }: { username: string; password: string }): string {
  return execFileSync('htpasswd', ['-niB', '-C', '4', username], { input: password, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}
