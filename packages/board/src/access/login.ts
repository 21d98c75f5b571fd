import { createHash, timingSafeEqual } from 'node:crypto';

/** Knows who may see the board. */
export interface Login {
  /** The name of the user whose credentials the header carries, or null. */
  userOf(authorization: string | undefined): string | null;
}

/**
 * HTTP basic authentication (RFC 7617) with one user. The time that a comparison
 * takes says nothing about how much of a guess was right: digests of equal
 * length are compared, whatever was sent.
 */
export function createLogin(user: string, password: string): Login {
  const expected = digest(Buffer.from(`${user}:${password}`, 'utf8'));
  return {
    userOf(authorization) {
      const sent = credentialsOf(authorization);
      return timingSafeEqual(digest(sent), expected) ? user : null;
    },
  };
}

const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** The bytes `user:password` of the header; empty where it is another scheme or absent. */
function credentialsOf(authorization: string | undefined): Buffer {
  const [scheme = '', encoded = ''] = (authorization ?? '').split(' ');
  return Buffer.from(scheme.toLowerCase() === 'basic' ? encoded : '', 'base64');
}
