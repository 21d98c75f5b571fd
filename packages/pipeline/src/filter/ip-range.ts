import { parseIpv4, parseIpv6, parseNetwork } from '../mapping/values/ip-address.ts';

/** All addresses from `first` to `last`, both included. */
export interface IpRange {
  family: 4 | 6;
  first: bigint;
  last: bigint;
}

/** The addresses of an IP address or network (`10.0.0.0/8`), or null for any other text. */
export function ipRange(text: string): IpRange | null {
  const network = parseNetwork(text);
  if (network === null) return null;
  const { family, bits } = network;
  const size = 1n << BigInt((family === 4 ? 32 : 128) - bits);
  const address = addressNumber(network.address, family);
  const first = address - (address % size);
  return { family, first, last: first + size - 1n };
}

function addressNumber(address: string, family: 4 | 6): bigint {
  if (family === 4) return BigInt(parseIpv4(address));
  return (parseIpv6(address) ?? []).reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
}

/** Whether two ranges have an address in common. */
export function overlaps(one: IpRange, other: IpRange): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/**
 * The ranges that `private` stands for: what IANA's special-purpose registries call not globally
 * reachable (private, loopback, link-local, documentation, reserved), and multicast.
 */
export const PRIVATE_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
] as const;
