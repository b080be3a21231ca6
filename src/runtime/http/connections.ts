import { X509Certificate } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import { AddressPolicy } from './address-guard';

/** Servers with a short breath close an idle connection after this time. */
const IDLE_LIMIT = 5_000;

export interface ConnectionOptions extends AddressPolicy {
  /** Certificates (PEM) to trust in addition to the well-known ones. */
  readonly ca?: string;
}

export interface Agents {
  readonly plain: http.Agent;
  readonly tls: https.Agent;
}

/**
 * Connections that are kept for the next request: each TLS handshake costs two round trips. They may outlive a check, in a
 * function that is asked about one image after the other. What one check may not connect to, it can't inherit from another.
 */
export class Connections {
  private readonly agents = new Map<string, Agents>();
  private usedAt = 0;

  public agentsFor({ ca, allowLoopback, allowPrivateNetworks }: ConnectionOptions, now: number): Agents {
    // A function that Lambda had frozen wakes up with connections that nobody holds any more, and their timers have not run.
    if (now - this.usedAt > IDLE_LIMIT) {
      this.close();
    }
    this.usedAt = now;
    const key = JSON.stringify([ca, allowLoopback, allowPrivateNetworks]);
    const known = this.agents.get(key);
    if (known !== undefined) {
      return known;
    }
    const options = { keepAlive: true, timeout: IDLE_LIMIT };
    const agents = { plain: new http.Agent(options), tls: new https.Agent({ ...options, ...trust(ca) }) };
    this.agents.set(key, agents);
    return agents;
  }

  public close(): void {
    this.agents.forEach(({ plain, tls }) => {
      plain.destroy();
      tls.destroy();
    });
    this.agents.clear();
  }
}

function trust(ca: string | undefined): https.AgentOptions {
  if (ca === undefined) {
    return {};
  }
  // Node ignores what it can't read here, and the registry would look untrusted.
  if (!isCertificate(ca)) {
    throw new TypeError('ca must be one or more certificates in PEM form (-----BEGIN CERTIFICATE-----)');
  }
  return { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
