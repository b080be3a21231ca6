/** A fault below HTTP, as far as the difference matters to the user. */
export type NetworkFailureKind =
  | 'address-reserved' | 'address-private'
  | 'dns' | 'unreachable' | 'refused' | 'cut' | 'timeout'
  | 'tls' | 'not-tls'
  | 'not-http' | 'too-large' | 'encoded' | 'redirect' | 'redirect-http' | 'deadline';

const RETRYABLE: readonly NetworkFailureKind[] = ['dns', 'unreachable', 'refused', 'cut', 'timeout'];

/** A request without a usable answer. It holds no text of Node's error, which can quote the request. */
export class NetworkFailure extends Error {
  /** Translates the errors of `http.request`, `https.request` and their answers. */
  public static from(error: unknown, url: URL): NetworkFailure {
    if (error instanceof NetworkFailure) {
      return error;
    }
    const { code, refusal } = error as { code?: string; refusal?: string };
    return new NetworkFailure(networkFailureKind(code ?? '', refusal), url, code);
  }

  constructor(public readonly kind: NetworkFailureKind, public readonly url: URL, public readonly code?: string) {
    super(`${kind}${code ? ` (${code})` : ''}`);
    this.name = 'NetworkFailure';
  }

  public get isRetryable(): boolean {
    return RETRYABLE.includes(this.kind);
  }
}

function networkFailureKind(code: string, refusal?: string): NetworkFailureKind {
  if (code === 'ERR_ADDRESS_REFUSED') {
    return refusal === 'private' ? 'address-private' : 'address-reserved';
  }
  if (/^(ENOTFOUND|ENODATA|EAI_|ESERVFAIL|EREFUSED)/.test(code)) {
    return 'dns';
  }
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/.test(code)) {
    return 'unreachable';
  }
  if (code === 'ECONNREFUSED') {
    return 'refused';
  }
  // A server that answers the TLS handshake in plain text.
  if (/^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG))$/.test(code)) {
    return 'not-tls';
  }
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_OSSL_)/.test(code)) {
    return 'tls';
  }
  return /^HPE_/.test(code) ? 'not-http' : 'cut';
}
