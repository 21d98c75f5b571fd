import { hash } from 'node:crypto';
import { isCaseless } from '@xsoar-intel/xsoar';

/** Longest key that holds the value itself; longer values are kept as their SHA-256. */
export const longestPlainKey = 256;

/**
 * The text by which an XSOAR indicator is known in our own records: type and value, in lower case
 * where case means nothing, and of bounded length. Two values of a type have one key exactly if they are one
 * indicator, as the writer of XSOAR sees it too (isCaseless); for other types see kin.ts.
 */
export function valueKey(type: string, value: string): string {
  const folded = isCaseless(type, value) ? value.toLowerCase() : value;
  if (folded.length <= longestPlainKey) return `${type}:${folded}`;
  return `${type}:sha256:${hash('sha256', folded, 'hex')}`;
}

/**
 * Type and value behind a key, in the key's own case; null for a long value, of which
 * only the digest is known.
 */
export function targetOfKey(key: string): { type: string; value: string } | null {
  const colon = key.indexOf(':');
  if (colon < 1 || /^sha256:[0-9a-f]{64}$/.test(key.slice(colon + 1))) return null;
  return { type: key.slice(0, colon), value: key.slice(colon + 1) };
}
