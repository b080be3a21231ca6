import { X509Certificate } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import { AddressPolicy } from './address-guard';

/** Some servers close an idle connection after as little as this time. */
const IDLE_LIMIT = 5_000;

/** For one of several addresses of a host. Node.js allows 250 ms, which a registry on another continent needs to answer. */
const ATTEMPT_LIMIT = 2_000;

export interface ConnectionOptions extends AddressPolicy {
  /** Certificates (PEM) to trust in addition to the well-known ones. */
  readonly ca?: string;
}

export interface Agents {
  readonly plain: http.Agent;
  readonly tls: https.Agent;
  /** Hosts with a public address, as these connections found it. */
  readonly publicHosts: Set<string>;
}

/**
 * Connections that are kept for the next request, because each TLS handshake costs two round trips. A function that checks one image
 * after the other keeps them between checks. No check inherits a connection that it must not open itself.
 */
export class Connections {
  private readonly agents = new Map<string, Agents>();
  private usedAt = 0;

  public agentsFor({ ca, allowLoopback, allowPrivateNetworks }: ConnectionOptions, now: number): Agents {
    // After Lambda has frozen a function, its servers have closed the connections, and its own timers have not run.
    if (now - this.usedAt > IDLE_LIMIT) {
      this.close();
    }
    this.usedAt = now;
    const key = JSON.stringify([ca, allowLoopback, allowPrivateNetworks]);
    const known = this.agents.get(key);
    if (known !== undefined) {
      return known;
    }
    const options = { keepAlive: true, timeout: IDLE_LIMIT, autoSelectFamilyAttemptTimeout: ATTEMPT_LIMIT };
    // A variable of the environment can have switched it off.
    const tls = new https.Agent({ ...options, ...trust(ca), rejectUnauthorized: true });
    const agents = { plain: new http.Agent(options), tls, publicHosts: new Set<string>() };
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
  validateCertificates(ca);
  return { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
}

/** Node.js ignores text that is not a certificate, and the registry would look untrusted. */
export function validateCertificates(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw new TypeError('ca must be one or more certificates in PEM form (-----BEGIN CERTIFICATE-----)');
  }
}
