import { parseJson } from '../http/json';
import { HttpResponse } from '../http/message';

/** The content of the body of an error, as far as it is understood. Nothing here is trusted or cleaned yet. */
export interface RegistryError {
  readonly code?: string;
  readonly text?: string;
  /** A page for people, from a proxy, a firewall or a web server rather than a registry. */
  readonly html: boolean;
  /** As the specification has it, whole or cut; what else answers is a proxy, a firewall or a gateway. */
  readonly isRegistrys: boolean;
}

export function registryErrorOf(response: HttpResponse): RegistryError {
  const text = response.body.toString();
  const html = /^text\/html\b/i.test(response.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text);
  if (html) {
    return { html, isRegistrys: false };
  }
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null) {
    // Red Hat and private ECR answer in plain text.
    return { html, isRegistrys: /^\s*\{\s*"errors"\s*:\s*\[/.test(text), text: text.trim().slice(0, 1_000) || undefined };
  }
  const { errors, details, message, error_description: description, error } = json as Record<string, unknown>;
  // `errors` is in the specification; `details` and `message` are Docker Hub's token service; the rest is OAuth (RFC 6749).
  const first = (Array.isArray(errors) ? errors[0] : undefined) as { code?: unknown; message?: unknown } | null | undefined;
  return {
    html,
    isRegistrys: typeof first?.code === 'string',
    code: typeof first?.code === 'string' ? first.code : undefined,
    text: [first?.message, details, message, description, error].find((t): t is string => typeof t === 'string' && t !== ''),
  };
}

const ABOUT_ADDRESS = new RegExp('\\b(?:client with ip|(?:your|this|source|client) (?:ip|network)\\b|(?:for|from) ip\\b|'
  + 'ip (?:address )?.{0,60}(?:not (?:allowed|permitted|authori[sz]ed)|denied|blocked|restricted|forbidden)|'
  + 'firewall|network (?:access|rule)|(?:allow|white)[- ]?list|vpcServiceControls|organization\'s policy)', 'i');

/**
 * ACR's and JFrog's firewalls: `client with IP '203.0.113.7' is not allowed access`. GitHub: `the organization has an IP allow list enabled,
 * and your IP address is not permitted to access this resource`.
 */
export function speaksOfAddress({ text }: RegistryError): boolean {
  return ABOUT_ADDRESS.test(text ?? '');
}

/** What 429 means, with another status: an account is locked for a while after failed logins. */
export function speaksOfRate({ code = '', text = '' }: RegistryError): boolean {
  return [code, text].some((said) => /^toomanyrequests\b|\btoo many (?:failed )?(?:log-?ins?|requests|attempts)\b|\btemporarily (?:blocked|locked)\b/i.test(said));
}

/** Harbor's, Xray's and others' policies refuse an image that exists. */
export function speaksOfPolicy({ code, text }: RegistryError): boolean {
  return /POLICY/i.test(code ?? '') || /\b(polic(y|ies)|vulnerabilit|quarantine|xray|malicious|unsigned|unscanned)/i.test(text ?? '');
}

/** What is pushed is scanned for some seconds or minutes, and Harbor and others block it until then, as ACR does what is in quarantine. */
export function speaksOfScan({ code, text }: RegistryError): boolean {
  return /quarantine/i.test(code ?? '') || /\b(quarantine|unscanned|not (?:yet )?(?:been )?scanned|without vulnerability scanning|status of vulnerability scanning)/i.test(text ?? '');
}

/** Quay's 405 for a namespace that is disabled, with one code or another. */
export function speaksOfDenial({ code, text }: RegistryError): boolean {
  return code === 'DENIED' || /\bdisabled\b/i.test(text ?? '');
}
