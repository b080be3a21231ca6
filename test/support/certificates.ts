import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerCertificate {
  /** The authority that signed it, for the client to trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A server certificate for these host names, by an authority that was made for it. */
export function makeCertificate(names: readonly string[], days: number = 2): ServerCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'scripted-registry-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl('req', '-x509', ...keyOptions, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority');
    openssl('req', ...keyOptions, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=Test server');
    writeFileSync(join(dir, 'names'), `subjectAltName=${names.map(name => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',')}\n`);
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`, '-extfile', 'names', '-out', 'server.pem');
    const read = (file: string) => readFileSync(join(dir, file), 'utf8');
    return { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
