import { failure } from './failures';
import { MessageContext, shownHost } from './message-context';
import { CheckFailure, Verdict } from './verdict';
import { NetworkFailure, NetworkFailureKind } from '../http/network-failure';

/** Most web servers accept no longer header, and some cut the connection without an error. */
const LONGEST_HEADER = 8 * 1024;

interface Explanation {
  readonly verdict: Verdict;
  /** Follows the host. */
  readonly cause: string;
  readonly step: string | ((context: MessageContext) => string);
}

const SLOW: Explanation = { verdict: 'REGISTRY_UNAVAILABLE', cause: 'did not answer in time', step: 'check again, then look at the registry\'s load' };
const EXTERNAL_URL = 'correct the external URL in the registry\'s configuration';

const EXPLANATIONS: Readonly<Record<NetworkFailureKind, Explanation>> = {
  'address-private': {
    verdict: 'NO_ROUTE',
    cause: 'has a private address',
    step: (context) => isCommandLine(context) ? 'allow it with --allow-private-networks' : 'set pullCheck.vpc to a VPC that reaches the registry',
  },
  'address-internal': {
    verdict: 'NO_ROUTE',
    cause: 'has a private address, and gets no request because a registry on the internet names it',
    step: 'if that is intended, let the host of the registry resolve to a private address as well',
  },
  'address-reserved': {
    verdict: 'NO_ROUTE',
    cause: 'has a loopback, link-local or reserved address, which gets no request',
    step: (context) => isCommandLine(context)
      ? 'correct the host, or use --insecure-loopback for a registry on this machine'
      : 'correct the host or its DNS entry',
  },
  'dns': { verdict: 'NO_ROUTE', cause: 'cannot be resolved', step: (context) => networkStep(context, 'check the spelling of the host') },
  'unreachable': { verdict: 'NO_ROUTE', cause: 'cannot be reached', step: (context) => networkStep(context, 'check the network and the port') },
  'refused': { verdict: 'REGISTRY_UNAVAILABLE', cause: 'refuses connections', step: 'check the port, and that the registry is up' },
  'cut': {
    verdict: 'REGISTRY_UNAVAILABLE',
    cause: 'cut the connection',
    step: ({ credentials: { password } }) => password.length > LONGEST_HEADER
      ? `check what is stored as the password, which is ${password.length} characters long`
      : 'check again, then look at the registry\'s log',
  },
  'timeout': SLOW,
  'deadline': SLOW,
  'certificate': { verdict: 'TLS_UNTRUSTED', cause: 'has a certificate that is not trusted', step: certificateStep },
  'client-certificate': {
    verdict: 'TLS_UNTRUSTED',
    cause: 'demands a client certificate',
    step: ({ engine }) => `let it accept clients without a certificate${engine === 'containerd' ? ', because Fargate has none' : ''}`,
  },
  'tls': {
    verdict: 'PROTOCOL_ERROR',
    cause: 'breaks off the TLS connection',
    step: 'check again, then the TLS versions, ciphers and client certificates that the registry demands',
  },
  'not-tls': { verdict: 'PROTOCOL_ERROR', cause: 'does not speak TLS', step: 'serve the registry over https, or correct the port' },
  'redirect-http': { verdict: 'PROTOCOL_ERROR', cause: 'redirects to a URL without https, which is not followed', step: EXTERNAL_URL },
  'redirect': { verdict: 'PROTOCOL_ERROR', cause: 'redirects endlessly or to an invalid URL', step: EXTERNAL_URL },
  'too-large': { verdict: 'PROTOCOL_ERROR', cause: 'sent an answer that is too large', step: 'check that the host is a registry' },
  'encoded': {
    verdict: 'PROTOCOL_ERROR',
    cause: 'compresses its answer, which the request does not allow',
    step: 'switch off compression in the proxy in front of the registry',
  },
  'not-http': { verdict: 'PROTOCOL_ERROR', cause: 'does not speak HTTP', step: 'check host and port of the image' },
};

/** A clock can be wrong, and Node.js has one code for what only its version of OpenSSL finds too weak. */
const UNSURE = ['CERT_NOT_YET_VALID', 'UNSPECIFIED'];

/** The failure of a request that got no usable answer. */
export function noUsableAnswer(context: MessageContext, { kind, url, code }: NetworkFailure): CheckFailure {
  const { verdict, cause, step } = EXPLANATIONS[kind];
  // The code of a refused address is our own.
  const detail = code === undefined || kind.startsWith('address-') ? '' : ` (${code})`;
  const isFinal = verdict === 'TLS_UNTRUSTED' && context.engine === 'containerd' && !UNSURE.includes(code ?? '');
  return failure(verdict, `${shownHost(context, url)} ${cause}${detail}`, typeof step === 'string' ? step : step(context), isFinal);
}

function isCommandLine({ location }: MessageContext): boolean {
  return location === 'command-line';
}

function networkStep({ location }: MessageContext, otherwise: string): string {
  switch (location) {
    case 'function': return `${otherwise}, or set pullCheck.vpc if only a VPC reaches the registry`;
    case 'function-in-vpc': return 'check routes, security groups and DNS of the subnets in pullCheck.vpc';
    case 'command-line': return otherwise;
  }
}

function certificateStep(context: MessageContext): string {
  if (context.engine === 'containerd') {
    return 'give the registry a certificate of a public authority, because Fargate trusts no other';
  }
  return isCommandLine(context) ? 'pass its authority with --ca-file' : 'set pullCheck.caCertificate to its authority, which the container instances must trust as well';
}
