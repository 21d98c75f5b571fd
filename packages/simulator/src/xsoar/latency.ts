import type { Random } from '../generate/random.ts';
import type { XsoarOperation } from './paths.ts';

/** A delay in ms: fixed, or drawn evenly between two bounds. */
export type Delay = number | { minMs: number; maxMs: number };

/** Delays for all operations (`default`), and for single ones. */
export type Latency = { default?: Delay } & { [operation in XsoarOperation]?: Delay };

/**
 * One request's delay, split at a random place into what passes before the server acts
 * and after: requests then overtake each other on the way in as well as on the way out.
 */
export function drawLatency(
  latency: Latency,
  operation: XsoarOperation,
  random: Random,
): { beforeMs: number; afterMs: number } {
  const delay = latency[operation] ?? latency.default ?? 0;
  const total =
    typeof delay === 'number' ? delay : delay.minMs + random.next() * (delay.maxMs - delay.minMs);
  if (total <= 0) return { beforeMs: 0, afterMs: 0 };
  const beforeMs = total * random.next();
  return { beforeMs, afterMs: total - beforeMs };
}

/** A latency from JSON (the control API), or the name of what is wrong. */
export function parseLatency(value: Record<string, unknown>): Latency | string {
  for (const [key, delay] of Object.entries(value)) {
    if (typeof delay === 'number' && delay >= 0) continue;
    const range = delay as { minMs?: unknown; maxMs?: unknown } | null;
    if (typeof range?.minMs === 'number' && typeof range.maxMs === 'number') continue;
    return `${key}: needs ms, or minMs and maxMs`;
  }
  return value as Latency;
}

/** Waits; undefined when there is nothing to wait for. Timers take whole ms. */
export function sleep(ms: number): Promise<void> | undefined {
  if (ms <= 0) return undefined;
  return new Promise((resolve) => setTimeout(resolve, ms));
}
