import { entityIdOf, type StixObject } from '@xsoar-intel/opencti';
import { ListingError } from './errors.ts';
import { updatedMs } from './parts.ts';
import { type StreamAccess, walkStream } from './walk-stream.ts';

/**
 * Whether the stream has an object, by a catch-up of the one millisecond in which it changed last.
 * Where it has not, that takes until its next heartbeat.
 * @returns null where the stream cannot be asked, or does not say in time
 */
export async function isListed(
  access: StreamAccess,
  object: StixObject,
  signal: AbortSignal,
): Promise<boolean | null> {
  const at = updatedMs(object);
  if (!Number.isFinite(at)) return null;
  try {
    for await (const { objects } of walkStream(access, `${at - 1}-0`, at, 1, signal)) {
      if (objects.some((one) => entityIdOf(one) === entityIdOf(object))) return true;
    }
  } catch (error) {
    if (error instanceof ListingError) return null;
    throw error;
  }
  return signal.aborted ? null : false;
}
