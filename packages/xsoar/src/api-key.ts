import { hash } from 'node:crypto';
import type { XsoarKeyType } from './xsoar-client.ts';

/** A key and, for XSOAR 8, its id. */
export interface ApiKey {
  key: string;
  keyId?: string;
}

/** What an advanced key mixes into each request. */
export interface Freshness {
  /** 64 letters and digits, new for every request. */
  nonce: string;
  /** ms since 1970, UTC. */
  timestamp: number;
}

/**
 * The headers that say who asks. A standard key is sent as it is, without a
 * scheme word; of an advanced key only the SHA-256 of key, nonce and time, in
 * lower-case hex (demisto-py `api_client.py`).
 */
export function authHeaders(
  { key, keyId }: ApiKey,
  keyType: XsoarKeyType,
  freshness: () => Freshness,
): Record<string, string> {
  const id: Record<string, string> = keyId ? { 'x-xdr-auth-id': keyId } : {};
  if (keyType === 'standard') return { authorization: key, ...id };
  const { nonce, timestamp } = freshness();
  return {
    authorization: hash('sha256', `${key}${nonce}${timestamp}`, 'hex'),
    ...id,
    'x-xdr-nonce': nonce,
    'x-xdr-timestamp': String(timestamp),
  };
}

/**
 * Refuses a key that no header can carry, without showing it.
 * @throws TypeError
 */
export function checkApiKey({ key, keyId }: ApiKey, keyType: 'auto' | XsoarKeyType): void {
  if (key === '') throw new TypeError('The key of XSOAR is empty');
  if (!isHeaderText(key)) {
    throw new TypeError(
      'The key of XSOAR holds a line break, a blank or a character outside ASCII',
    );
  }
  if (keyId !== undefined && !isHeaderText(keyId)) {
    throw new TypeError('The key id of XSOAR holds a character that no header can carry');
  }
  if (keyType === 'advanced' && !keyId) {
    throw new TypeError('An advanced key of XSOAR needs its key id');
  }
}

function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}
