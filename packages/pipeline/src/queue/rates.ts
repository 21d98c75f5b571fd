import type { DeliveryQueue } from './delivery-queue.ts';

/** Deliveries that ended, a minute, on average over the last so many minutes. */
export interface Rates {
  last1: number;
  last5: number;
  last15: number;
}

/** What BullMQ keeps of finished jobs: a total, and a count a minute, the newest first. */
export interface FinishedJobs {
  meta: { count: number; prevTS: number; prevCount: number };
  data: readonly number[];
}

const MINUTE = 60_000;

/**
 * The rates of the last minutes, the one under way included: of the oldest minute only the part
 * that lies in the window counts, as if its jobs had been spread evenly. BullMQ closes a minute
 * when a job ends in a later one, so after a pause the newest counts are older than they look.
 * @param now ms since 1970
 */
export function ratesOf({ meta, data }: FinishedJobs, now: number): Rates {
  const open = Math.floor(meta.prevTS / MINUTE);
  const current = Math.floor(now / MINUTE);
  const left = 1 - (now % MINUTE) / MINUTE;
  const countOf = (minute: number): number => {
    if (minute === open) return Math.max(meta.count - meta.prevCount, 0);
    return minute < open ? Number(data[open - 1 - minute] ?? 0) : 0;
  };
  const over = (minutes: number): number => {
    let sum = countOf(current - minutes) * left;
    for (let back = 0; back < minutes; back += 1) sum += countOf(current - back);
    return Math.round(sum / minutes);
  };
  return { last1: over(1), last5: over(5), last15: over(15) };
}

/** Reads the rates; null before a worker counted anything. */
export async function readRates(queue: DeliveryQueue, now: number): Promise<Rates | null> {
  const { meta, data } = await queue.getMetrics('completed', 0, 15);
  return meta.prevTS > 0 ? ratesOf({ meta, data: data.map(Number) }, now) : null;
}
