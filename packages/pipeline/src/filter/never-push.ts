import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { primaryOrder } from '../mapping/values/hash.ts';
import { readDomain } from '../mapping/values/read-domain.ts';
import { authorityEnd } from '../mapping/values/read-url.ts';
import { type IpRange, ipRange, overlaps, PRIVATE_RANGES } from './ip-range.ts';

/** The entry that stands for all private and reserved ranges. */
export const privateKeyword = 'private';

/** Finds the entry of the list that an indicator falls under, or null. */
export type NeverPush = (indicator: DesiredIndicator) => string | null;

/** Compiles the list; see FilterOptions.neverPush for what its entries mean. */
export function neverPush(entries: readonly string[]): NeverPush {
  const ranges: { entry: string; range: IpRange }[] = [];
  const domains = new Map<string, string>();
  const exact = new Map<string, string>();
  for (const written of entries) {
    const entry = written.trim();
    if (entry === '') continue;
    if (entry.toLowerCase() === privateKeyword) {
      for (const text of PRIVATE_RANGES) addRange(text, `${privateKeyword} (${text})`);
      continue;
    }
    exact.set(entry.toLowerCase(), entry);
    if (!addRange(entry, entry)) addDomain(entry);
  }

  function addRange(text: string, entry: string): boolean {
    const range = ipRange(text);
    if (range !== null) ranges.push({ entry, range });
    return range !== null;
  }

  function addDomain(entry: string): void {
    const name =
      entry.startsWith('*.') || entry.startsWith('.') ? entry.slice(entry.indexOf('.') + 1) : entry;
    if (name.includes('/') || name.includes('@') || !name.includes('.')) return;
    const reading = readDomain(name);
    if (!('bad' in reading)) domains.set(reading.value, entry);
  }

  function domainEntry(host: string): string | null {
    let name = host.endsWith('.') ? host.slice(0, -1) : host;
    for (;;) {
      const entry = domains.get(name);
      if (entry !== undefined) return entry;
      const dot = name.indexOf('.');
      if (dot < 0) return null;
      name = name.slice(dot + 1);
    }
  }

  function rangeEntry(text: string): string | null {
    const range = ranges.length === 0 ? null : ipRange(text);
    if (range === null) return null;
    return ranges.find((candidate) => overlaps(candidate.range, range))?.entry ?? null;
  }

  return (indicator) => {
    for (const value of valuesOf(indicator)) {
      const entry = exact.get(value.toLowerCase());
      if (entry !== undefined) return entry;
    }
    const host = hostOf(indicator);
    return host === null ? null : (rangeEntry(host) ?? domainEntry(host));
  };
}

// A file is known by any of its hashes.
function valuesOf({ indicator_type: type, value, CustomFields }: DesiredIndicator): string[] {
  if (type !== 'File') return [value];
  const hashes = primaryOrder.map((algorithm) => CustomFields[algorithm]);
  return [value, ...hashes.filter((hash) => typeof hash === 'string')];
}

/** The IP address, network or host name that an indicator speaks of, in lower case; null without one. */
function hostOf({ indicator_type: type, value }: DesiredIndicator): string | null {
  const text = value.toLowerCase();
  switch (type) {
    case 'IP':
    case 'IPv6':
    case 'CIDR':
    case 'IPv6CIDR':
    case 'Domain':
    case 'Host':
    case 'Onion Address':
      return text;
    case 'DomainGlob':
      return text.startsWith('*.') ? text.slice(2) : text;
    case 'Email':
      return text.slice(text.lastIndexOf('@') + 1);
    case 'URL':
      return hostOfUrl(text);
    default:
      return null;
  }
}

function hostOfUrl(url: string): string {
  const slashes = url.indexOf('://');
  const start = slashes < 0 ? 0 : slashes + 3;
  const authority = url.slice(start, authorityEnd(url, start));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.lastIndexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}
