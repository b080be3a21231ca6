import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CRANE } from './registries';
import { Credentials } from '../../src/runtime/check';

const run = promisify(execFile);

/** Other people's clients of registries, kept away from the configuration of whoever runs the tests. */
async function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run(command, args, { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } });
  return stdout.trim();
}

export function skopeo(...args: string[]): Promise<string> {
  return output('skopeo', ['--insecure-policy', ...args], { REGISTRY_AUTH_FILE: '/nonexistent' });
}

/** `skopeo inspect`, by default for the digest alone; `--raw` gives the manifest. */
export function skopeoInspect(image: string, credentials?: Credentials, ...options: string[]): Promise<string> {
  const login = credentials === undefined ? ['--no-creds'] : ['--creds', `${credentials.username}:${credentials.password}`];
  return skopeo('inspect', '--tls-verify=false', ...login, ...options, `docker://${image}`);
}

export interface Crane {
  run(...args: string[]): Promise<string>;
  remove(): void;
}

/** crane takes credentials from Docker's configuration only. */
export function craneFor(registry: string, { username, password }: Credentials, env: NodeJS.ProcessEnv = {}): Crane {
  const directory = mkdtempSync(join(tmpdir(), 'registries-crane-'));
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }));
  return {
    run: (...args) => output(CRANE, args, { DOCKER_CONFIG: directory, ...env }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}
