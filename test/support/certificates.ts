import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { md, pki } from 'node-forge';

export interface ServerCertificate {
  /** The authority that signed it, for the client to trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const DAY = 24 * 60 * 60 * 1_000;

/** A server certificate for these host names, by an authority that was made for it. */
export function makeCertificate(names: readonly string[], days: number = 2): ServerCertificate {
  const authority = keyPair();
  const server = keyPair();
  // Of two authorities with the same name OpenSSL tries only one.
  const authorityName = [{ name: 'commonName', value: `Test authority ${randomUUID()}` }];
  const altNames = names.map((name) => isIP(name) ? { type: 7, ip: name } : { type: 2, value: name });
  return {
    ca: sign(authority, authority, authorityName, authorityName, 2, [{ name: 'basicConstraints', cA: true }]),
    cert: sign(server, authority, [{ name: 'commonName', value: 'Test server' }], authorityName, days, [{ name: 'subjectAltName', altNames }]),
    key: server.pem,
  };
}

/** Made by Node.js, since node-forge takes seconds for one. */
function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { pem: privateKey, privateKey: pki.privateKeyFromPem(privateKey), publicKey: pki.publicKeyFromPem(publicKey) };
}

type KeyPair = ReturnType<typeof keyPair>;

function sign(
  subject: KeyPair, issuer: KeyPair, subjectName: pki.CertificateField[], issuerName: pki.CertificateField[], days: number, extensions: object[],
): string {
  const certificate = pki.createCertificate();
  certificate.publicKey = subject.publicKey;
  certificate.serialNumber = `01${subject.publicKey.n.toString(16).slice(0, 16)}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY);
  certificate.validity.notAfter = new Date(Date.now() + days * DAY);
  certificate.setSubject(subjectName);
  certificate.setIssuer(issuerName);
  certificate.setExtensions(extensions);
  certificate.sign(issuer.privateKey, md.sha256.create());
  return pki.certificateToPem(certificate);
}
