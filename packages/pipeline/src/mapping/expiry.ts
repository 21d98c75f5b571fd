import type { StixObject } from '@xsoar-intel/opencti';
import { instantMs, rfc3339 } from './instant.ts';

const longAgo = '1970-01-01T00:00:00.000Z';

/**
 * When an indicator expires, or null if it never does. A revoked one has expired already: the moment
 * is the end of its validity or its last change, whichever came first, so that the same object is
 * mapped to the same request at any time (the clock does not enter).
 */
export function expiryOf(
  object: StixObject,
  updatedAt: unknown,
  expireRevoked: boolean,
): string | null {
  const validUntil = rfc3339(object.valid_until);
  if (!expireRevoked || object.revoked !== true) return validUntil;
  let first: string | null = null;
  for (const moment of [validUntil, rfc3339(object.modified), rfc3339(updatedAt)]) {
    if (moment === null) continue;
    if (first === null || instantMs(moment) < instantMs(first)) first = moment;
  }
  return first ?? longAgo;
}
