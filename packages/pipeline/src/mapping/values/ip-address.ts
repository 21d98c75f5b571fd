import { isDigits } from './reading.ts';

/** An IPv4 address as a number, or -1. Four decimal parts; no leading zeros, which some read as octal. */
export function parseIpv4(text: string): number {
  const { length } = text;
  if (length < 7 || length > 15) return -1;
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (part < 0 || parts === 3) return -1;
      address = address * 256 + part;
      parts += 1;
      part = -1;
      continue;
    }
    const digit = code - 0x30;
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 255) return -1;
  }
  return part < 0 || parts !== 3 ? -1 : address * 256 + part;
}

/** The eight groups of an IPv6 address, or null. A zone (`%eth0`) is refused. */
export function parseIpv6(text: string): number[] | null {
  if (text.length < 2 || text.length > 45) return null;
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = groupsOf(text);
    return groups !== null && groups.length === 8 ? groups : null;
  }
  if (text.indexOf('::', gap + 1) >= 0) return null;
  const head = gap === 0 ? [] : groupsOf(text.slice(0, gap), false);
  const tail = gap + 2 === text.length ? [] : groupsOf(text.slice(gap + 2));
  if (head === null || tail === null || head.length + tail.length > 7) return null;
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail];
}

function groupsOf(text: string, mayEndInIpv4 = true): number[] | null {
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const address = parseIpv4(part);
      if (address < 0) return null;
      groups.push(Math.floor(address / 65_536), address % 65_536);
    } else {
      const group = hexGroup(part);
      if (group < 0) return null;
      groups.push(group);
    }
  }
  return groups;
}

function hexGroup(text: string): number {
  if (text.length < 1 || text.length > 4) return -1;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The value of a hexadecimal digit given by its character code, or -1. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** An address or a network by its parts; `bits` is the prefix length, full for an address. */
export interface IpNetwork {
  family: 4 | 6;
  address: string;
  bits: number;
  /** Whether a prefix length was written. */
  slash: boolean;
}

/** An IP address with or without a prefix length (`/24`), or null. */
export function parseNetwork(text: string): IpNetwork | null {
  const at = text.indexOf('/');
  const address = at < 0 ? text : text.slice(0, at);
  const family = parseIpv4(address) >= 0 ? 4 : parseIpv6(address) === null ? null : 6;
  if (family === null) return null;
  const width = family === 4 ? 32 : 128;
  if (at < 0) return { family, address, bits: width, slash: false };
  const prefix = text.slice(at + 1);
  if (prefix.length > 3 || !isDigits(prefix)) return null;
  const bits = Number(prefix);
  return bits > width ? null : { family, address, bits, slash: true };
}
