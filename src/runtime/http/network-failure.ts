/** A fault below HTTP, as far as the difference matters to the user. */
export type NetworkFailureKind =
  | 'address-reserved' | 'address-private' | 'address-internal'
  | 'dns' | 'unreachable' | 'refused' | 'cut' | 'timeout'
  | 'certificate' | 'client-certificate' | 'tls' | 'not-tls'
  | 'not-http' | 'too-large' | 'encoded' | 'redirect' | 'redirect-http' | 'deadline';

const RETRYABLE: readonly NetworkFailureKind[] = ['dns', 'unreachable', 'refused', 'cut', 'timeout', 'tls'];

/** A request without a usable answer. It holds no text of Node's error, which can quote the request. */
export class NetworkFailure extends Error {
  /** Translates the errors of `http.request`, `https.request` and their answers. */
  public static from(error: unknown, url: URL): NetworkFailure {
    if (error instanceof NetworkFailure) {
      return error;
    }
    const { code, refusal, message } = error as { code?: string; refusal?: string; message?: string };
    const fault = tlsFaultOf(message);
    return fault === undefined ? new NetworkFailure(networkFailureKind(code ?? '', refusal), url, code) : new NetworkFailure(tlsKind(fault), url, fault.reason);
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
  if (/^(ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|UNSPECIFIED$)/.test(code)) {
    return 'certificate';
  }
  if (/^(ERR_TLS_|ERR_SSL_|ERR_OSSL_)/.test(code)) {
    return 'tls';
  }
  return /^HPE_/.test(code) ? 'not-http' : 'cut';
}

/** A fault that OpenSSL found: its number is the same in all versions, while the code of Node.js is mostly EPROTO. */
interface TlsFault {
  readonly number: number;
  readonly reason: string;
}

/** `error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:` */
function tlsFaultOf(message: string = ''): TlsFault | undefined {
  const [, number, reason = ''] = /\berror:0A([0-9A-F]{6}):SSL routines:[^:]*:([^:]*)/.exec(message) ?? [];
  return number === undefined ? undefined : { number: parseInt(number, 16), reason: reason.replace(/^(sslv3|tlsv1|tlsv13|ssl\/tls) /, '') };
}

/** HTTPS_PROXY_REQUEST, HTTP_REQUEST, PACKET_LENGTH_TOO_LONG and WRONG_VERSION_NUMBER: the server answers the handshake in plain text. */
const PLAIN_TEXT = [155, 156, 198, 267];
/** The number of an alert is this and the number that TLS gives to it: 116 is certificate_required (RFC 8446 section 6). */
const ALERT = 1000;

function tlsKind({ number }: TlsFault): NetworkFailureKind {
  if (number === ALERT + 116) {
    return 'client-certificate';
  }
  return PLAIN_TEXT.includes(number) ? 'not-tls' : 'tls';
}
