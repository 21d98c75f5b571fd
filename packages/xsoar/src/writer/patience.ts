import { setTimeout as delay } from 'node:timers/promises';
import { XsoarError, type XsoarOperation } from '../xsoar-error.ts';

/** Clock, random and sleep, for tests to replace. */
export interface Patience {
  /** ms since 1970. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realPatience: Patience = {
  now: Date.now,
  random: Math.random,
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** The pause after so many looks (from 0): doubling, at most 2 s, half of it at random. */
export function pauseMs(looks: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** looks);
  return Math.round(full * (0.5 + random / 2));
}

/**
 * Looks again and again until the index shows what is looked for, or the time is
 * over: then null.
 */
export async function lookUntil<T>(
  look: () => Promise<T | null>,
  maxMs: number,
  patience: Patience,
  operation: XsoarOperation,
  signal?: AbortSignal,
): Promise<T | null> {
  const end = patience.now() + maxMs;
  for (let looks = 0; ; looks += 1) {
    const found = await look();
    if (found !== null) return found;
    const pause = pauseMs(looks, patience.random());
    if (patience.now() + pause > end) return null;
    await sleepOrAbort(pause, patience, operation, signal);
  }
}

/** Sleeps; an abort becomes an XsoarError. */
export async function sleepOrAbort(
  ms: number,
  patience: Patience,
  operation: XsoarOperation,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await patience.sleep(ms, signal);
  } catch (cause) {
    throw new XsoarError({
      kind: 'aborted',
      operation,
      uncertain: false,
      message: `${operation}: given up between two requests`,
      cause,
    });
  }
}
