import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../http/reply.ts';
import { gatewayError, serverError, type UrlShape, type XsoarOperation } from './paths.ts';

/** An API key of the fake XSOAR. */
export interface ApiKey {
  key: string;
  /** Sent as `x-xdr-auth-id` on XSOAR 8; version 6 has none. */
  id?: string;
  /** A standard key is sent as it is, an advanced one as a hash (default standard). */
  type?: 'standard' | 'advanced';
  /** Operations that the role allows (default all). */
  rights?: readonly XsoarOperation[];
}

/** Options of the check. */
export interface AuthOptions {
  keys: readonly ApiKey[];
  now: () => number;
  /** How far the timestamp of an advanced key may be off, in ms. */
  maxSkewMs: number;
}

/** Checks the key of a request; null when it may go on. */
export type Authenticate = (
  headers: IncomingHttpHeaders,
  shape: UrlShape,
  operation: XsoarOperation,
) => Reply | null;

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** SHA-256 over key, nonce and timestamp without separators, as Palo Alto's clients compute it. */
export function advancedKeyHash(key: string, nonce: string, timestamp: string): string {
  return createHash('sha256')
    .update(key + nonce + timestamp, 'utf8')
    .digest('hex');
}

export function createAuthenticate(options: AuthOptions): Authenticate {
  // Bounded: only nonces young enough to pass the clock check need to be known.
  const nonces = new Map<string, number>();

  const advanced = (headers: IncomingHttpHeaders, key: ApiKey): boolean => {
    const nonce = header(headers, 'x-xdr-nonce');
    const timestamp = header(headers, 'x-xdr-timestamp');
    if (!/^[A-Za-z0-9]{64}$/.test(nonce) || !/^\d{13}$/.test(timestamp)) return false;
    const now = options.now();
    if (Math.abs(Number(timestamp) - now) > options.maxSkewMs || nonces.has(nonce)) return false;
    if (header(headers, 'authorization') !== advancedKeyHash(key.key, nonce, timestamp))
      return false;
    nonces.set(nonce, now);
    for (const [old, at] of nonces) {
      if (nonces.size < 100_000 && now - at <= options.maxSkewMs) break;
      nonces.delete(old);
    }
    return true;
  };

  const fits = (headers: IncomingHttpHeaders, shape: UrlShape, key: ApiKey): boolean => {
    if (shape === '6') return header(headers, 'authorization') === key.key;
    if (header(headers, 'x-xdr-auth-id') !== (key.id ?? '')) return false;
    if (key.type === 'advanced') return advanced(headers, key);
    return header(headers, 'authorization') === key.key;
  };

  return (headers, shape, operation) => {
    if (operation === 'health') return null;
    const key = options.keys.find((one) => fits(headers, shape, one));
    if (!key)
      return shape === '6'
        ? serverError(
            403,
            'forbidden',
            'Forbidden',
            'Issue with CSRF code',
            'http: named cookie not present',
          )
        : gatewayError(401, 'Public API request unauthorized');
    if (!key.rights || key.rights.includes(operation)) return null;
    return shape === '6'
      ? serverError(403, 'forbidden', 'Forbidden', 'no permission', `role may not ${operation}`)
      : gatewayError(403, 'Forbidden: the role of this key does not allow it');
  };
}
