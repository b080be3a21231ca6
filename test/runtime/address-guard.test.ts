import { LookupFunction } from 'node:net';
import { AddressRefusedError, guardedLookup, isLoopbackHost, refusalOf, refusalOfHost, AddressPolicy } from '../../src/runtime/http/address-guard';

const STRICT: AddressPolicy = { allowPrivateNetworks: false, allowLoopback: false };
const IN_VPC: AddressPolicy = { allowPrivateNetworks: true, allowLoopback: false };
const LOCAL: AddressPolicy = { allowPrivateNetworks: false, allowLoopback: true };

const RESERVED = [
  '0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.0.1', '169.254.169.254', '169.254.170.2', '169.254.100.1', '100.100.100.200',
  '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.0.0.1', '198.18.0.1',
  '::', '::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1', 'fd00:ec2::254', 'fd00:ec2::23',
  '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::127.0.0.1', '0:0:0:0:0:ffff:7f00:0001',
  '64:ff9b::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b::7f00:1', '64:ff9b:1::1', '64:ff9b:1:fffe::a9fe:a9fe',
  '2002:7f00:1::', '2002:a9fe:a9fe::1', '2001::1', '2001:0:53aa:64c::1', '::ffff:0:127.0.0.1', '::ffff:0:a9fe:a9fe',
];
const PRIVATE = [
  '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.255',
  'fc00::1', 'fdab::1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::c0a8:101', '2002:c0a8:101::1',
];
const PUBLIC = [
  '140.82.121.33', '172.32.0.1', '172.15.0.1', '100.128.0.1', '192.169.0.1', '11.0.0.1', '169.253.0.1', '223.255.255.255',
  '2a01:111::1', '2606:50c0:8000::154', '::ffff:140.82.121.33', '64:ff9b::8c52:7921', '2002:8c52:7921::1',
];

test.each(RESERVED)('%s is never asked', (address) => {
  expect([STRICT, IN_VPC].map((policy) => refusalOf(address, policy))).toEqual(['reserved', 'reserved']);
});

test.each(PRIVATE)('%s is asked within a VPC only', (address) => {
  expect([STRICT, IN_VPC, LOCAL].map((policy) => refusalOf(address, policy))).toEqual(['private', undefined, 'private']);
});

test.each(PUBLIC)('%s is asked', (address) => {
  expect(refusalOf(address, STRICT)).toBeUndefined();
});

test('the switch for a local registry opens loopback, and nothing else', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map((address) => refusalOf(address, LOCAL))).toEqual(Array(4).fill(undefined));
  expect(['0.0.0.0', '169.254.169.254', 'fe80::1', '64:ff9b::a9fe:a9fe'].map((address) => refusalOf(address, LOCAL))).toEqual(Array(4).fill('reserved'));
});

test.each<[host: string, refusal: string | undefined]>([
  ['127.0.0.1', 'reserved'], ['[::1]', 'reserved'], ['[::ffff:169.254.169.254]', 'reserved'], ['10.0.0.1', 'private'],
  ['0x7f000001', 'reserved'], ['2130706433', 'reserved'], ['127.1', 'reserved'], ['0177.0.0.1', 'reserved'], ['①⑥⑨.254.169.254', 'reserved'],
  ['ghcr.io', undefined], ['8.8.8.8', undefined],
])('the host %s in a URL', (host, refusal) => {
  expect(refusalOfHost(new URL(`https://${host}/`).hostname, STRICT)).toBe(refusal);
});

describe('the look-up of a connection', () => {
  const resolveTo = (...addresses: string[]): LookupFunction => (_, options, callback) => {
    expect(options.all).toBe(true);
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  const lookUp = (lookup: LookupFunction, all: boolean, policy = STRICT, publicHosts = new Set<string>()) => new Promise<unknown>((resolve) => {
    guardedLookup(policy, lookup, publicHosts)('registry.example.com', { all }, (error, ...found) => resolve(error ?? found));
  });

  test('gives all addresses, or the first', async () => {
    const lookup = resolveTo('140.82.121.33', '2606:50c0:8000::154');
    expect(await lookUp(lookup, true)).toEqual([[{ address: '140.82.121.33', family: 4 }, { address: '2606:50c0:8000::154', family: 6 }]]);
    expect(await lookUp(lookup, false)).toEqual(['140.82.121.33', 4]);
  });

  test('refuses a name of which one address is refused', async () => {
    expect(await lookUp(resolveTo('140.82.121.33', '169.254.169.254'), true)).toEqual(new AddressRefusedError('reserved'));
    expect(await lookUp(resolveTo('10.0.0.1'), false)).toMatchObject({ code: 'ERR_ADDRESS_REFUSED', refusal: 'private' });
  });

  test('keeps which hosts are public, until they are not', async () => {
    const publicHosts = new Set<string>();
    const found = [];
    for (const addresses of [['140.82.121.33'], ['140.82.121.33', '10.0.0.1'], ['64:ff9b::8c52:7921'], ['fdab::1']]) {
      await lookUp(resolveTo(...addresses), true, IN_VPC, publicHosts);
      found.push([...publicHosts]);
    }
    expect(found).toEqual([['registry.example.com'], [], ['registry.example.com'], []]);
  });

  test('passes on the error of the look-up', async () => {
    const error = Object.assign(new Error(), { code: 'ENOTFOUND' });
    expect(await lookUp((_, __, callback) => callback(error, '', 0), true)).toBe(error);
  });
});

test('knows this machine by its names', () => {
  expect(['localhost', '127.0.0.1', '[::1]', '127.8.8.8'].map(isLoopbackHost)).toEqual([true, true, true, true]);
  expect(['localhost.example.com', '10.0.0.1', 'ghcr.io', '[fe80::1]'].map(isLoopbackHost)).toEqual([false, false, false, false]);
});
