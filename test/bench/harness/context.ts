import { POSTS, postBare } from './post-bare.ts';
import { type Context, sized } from './scenario.ts';
import { median } from './statistics.ts';

/** A context whose limits are measured when first asked for, and then kept. */
export function createContext(
  { size, runs, environment }: Pick<Context, 'size' | 'runs' | 'environment'>,
  say: (text: string) => void,
): Context {
  const limits = new Map<number, Promise<number>>();
  async function measureLimit(concurrency: number): Promise<number> {
    const rates: number[] = [];
    for (let seed = 1; seed <= runs; seed += 1) {
      rates.push((await postBare(sized({ size }, POSTS), concurrency, seed)).perSecond);
    }
    say(`limit at ${concurrency} at a time: ${Math.round(median(rates))} POSTs/s`);
    return median(rates);
  }
  return {
    size,
    runs,
    environment,
    say,
    limit(concurrency) {
      const known = limits.get(concurrency) ?? measureLimit(concurrency);
      limits.set(concurrency, known);
      return known;
    },
  };
}
