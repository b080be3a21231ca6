import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** An image that was pulled with all of its layers. */
export interface Pulled {
  /** As the registry has it. */
  readonly digest: string;
  readonly layers: number;
}

/** Pulls for linux/amd64 into a directory, which is what a container engine does before it starts a container. */
export function skopeoAt(proxyPort: number, certificateAuthority: string) {
  return async (image: string, { username, password }: { username: string; password: string }): Promise<Pulled> => {
    const directory = mkdtempSync(join(tmpdir(), 'e2e-pull-'));
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      REGISTRY_AUTH_FILE: join(directory, 'none'),
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      SSL_CERT_FILE: certificateAuthority,
    };
    try {
      const args = ['--insecure-policy', '--override-os=linux', '--override-arch=amd64', 'copy', '--digestfile', join(directory, 'digest')];
      await promisify(execFile)('skopeo', [...args, '--src-creds', `${username}:${password}`, `docker://${image}`, `dir:${directory}/image`], { env });
      const { layers } = JSON.parse(readFileSync(join(directory, 'image/manifest.json'), 'utf8'));
      return { digest: readFileSync(join(directory, 'digest'), 'utf8').trim(), layers: layers.length };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}
