import { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv4, LookupFunction } from 'node:net';

/** The addresses that a check can connect to besides public ones. */
export interface AddressPolicy {
  /** RFC 1918, carrier-grade NAT and unique local addresses: for a check inside a VPC. */
  readonly allowPrivateNetworks: boolean;
  /** This machine itself: for a local registry, never in a Lambda function. */
  readonly allowLoopback: boolean;
}

/** Why an address is refused. */
export type AddressRefusal = 'reserved' | 'private';

/** The registry, or a server it names, has an address that a check must not connect to. */
export class AddressRefusedError extends Error {
  public readonly code = 'ERR_ADDRESS_REFUSED';

  constructor(public readonly refusal: AddressRefusal) {
    super(`a ${refusal} address`);
    this.name = 'AddressRefusedError';
  }
}

const LOOPBACK = blockList('127.0.0.0/8', '::1/128');

/**
 * Lambda's runtime API (169.254.100.1), the credentials of ECS and EKS (169.254.170.2 and .23, fd00:ec2::23) and the
 * instance metadata services live here; so do addresses that no registry can have.
 */
const RESERVED = blockList(
  '0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '100.100.100.200/32', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4',
  '::/128', '::1/128', 'fe80::/10', 'fec0::/10', 'ff00::/8', 'fd00:ec2::/32',
  // Tunnels that hide the inner address (RFC 8215, Teredo, RFC 2765).
  '64:ff9b:1::/48', '2001::/32', '::ffff:0:0:0/96',
);

const PRIVATE = blockList('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

function blockList(...ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net, prefix] = range.split('/');
    list.addSubnet(net, Number(prefix), family(net));
  }
  return list;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** `undefined` if the policy allows this address. */
export function refusalOf(address: string, policy: AddressPolicy): AddressRefusal | undefined {
  const plain = embeddedIpv4(address) ?? address.replace(/%.*$/, '');
  if (LOOPBACK.check(plain, family(plain)) && policy.allowLoopback) {
    return undefined;
  }
  if (RESERVED.check(plain, family(plain))) {
    return 'reserved';
  }
  return PRIVATE.check(plain, family(plain)) && !policy.allowPrivateNetworks ? 'private' : undefined;
}

/**
 * The IPv4 address that a mapped or compatible (`::ffff:a.b.c.d`), NAT64 (`64:ff9b::/96`, which DNS64 creates for every
 * IPv4-only registry in an IPv6-only subnet) or 6to4 (`2002::/16`) address leads to.
 */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) {
    return undefined;
  }
  const groups = expandIpv6(address);
  const prefix = groups.slice(0, 6).join(':');
  if (['0:0:0:0:0:65535', `${0x64}:${0xff9b}:0:0:0:0`].includes(prefix) || (prefix === '0:0:0:0:0:0' && groups[6] > 0)) {
    return dotted(groups[6], groups[7]);
  }
  return groups[0] === 0x2002 ? dotted(groups[1], groups[2]) : undefined;
}

function expandIpv6(address: string): number[] {
  const hex = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`);
  const [head, tail] = hex.split('::').map((half) => half.split(':').filter((group) => group !== '').map((group) => parseInt(group, 16)));
  return tail === undefined ? head : [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function dotted(high: number, low: number): string {
  return [high, low].flatMap((group) => [Math.floor(group / 256), group % 256]).join('.');
}

/** The refusal for a host that is an IP address: Node.js calls no `lookup` for it. */
export function refusalOfHost(hostname: string, policy: AddressPolicy): AddressRefusal | undefined {
  const literal = withoutBrackets(hostname);
  return isIP(literal) === 0 ? undefined : refusalOf(literal, policy);
}

/** Whether the address is one of the internet. */
function isPublic(address: string): boolean {
  return refusalOf(address, { allowPrivateNetworks: false, allowLoopback: false }) === undefined;
}

/** The same for a host that is an IP address. */
export function isPublicHost(hostname: string): boolean {
  const literal = withoutBrackets(hostname);
  return isIP(literal) !== 0 && isPublic(literal);
}

/**
 * A `lookup` for the connection itself. The checked address is the one that is connected to, so that a name that resolves to another
 * address a moment later (DNS rebinding) gains nothing. `publicHosts` has the hosts of which all addresses were public.
 */
export function guardedLookup(policy: AddressPolicy, lookup: LookupFunction, publicHosts: Set<string>): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const addresses = found as LookupAddress[];
      publicHosts[addresses.every(({ address }) => isPublic(address)) ? 'add' : 'delete'](hostname);
      const refusal = addresses.map(({ address }) => refusalOf(address, policy)).find((r) => r !== undefined);
      if (refusal !== undefined) {
        callback(new AddressRefusedError(refusal), '', 0);
      } else if (options.all) {
        callback(null, addresses);
      } else {
        callback(null, addresses[0].address, addresses[0].family);
      }
    });
  };
}

/** Whether the name of a host means this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const literal = withoutBrackets(hostname);
  return literal === 'localhost' || (isIP(literal) !== 0 && LOOPBACK.check(literal, family(literal)));
}

/** An IPv6 address has brackets in a URL. */
function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
