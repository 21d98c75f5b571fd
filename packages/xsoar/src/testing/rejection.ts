import { XsoarError } from '../xsoar-error.ts';

/** The XsoarError that a promise is rejected with; anything else fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<XsoarError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof XsoarError) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}
