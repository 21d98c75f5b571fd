/** Runs many seeds, a few at a time, each lane on a Redis of its own. */
import { startRedis } from '../support/redis.ts';
import { type RunResult, runSeed } from './run.ts';

/** Which seeds, and how. */
export interface SeedsOptions {
  first: number;
  runs: number;
  lanes: number;
  /** Goes on after a seed that is wrong. */
  keepGoing: boolean;
  say(line: string): void;
}

/** What came of them. */
export interface SeedsResult {
  results: RunResult[];
  failed: RunResult[];
  counts: Map<string, number>;
}

/** Runs the seeds `first`, `first` + 1, ... */
export async function runSeeds(options: SeedsOptions): Promise<SeedsResult> {
  const results: RunResult[] = [];
  const counts = new Map<string, number>();
  let next = options.first;
  const failed = (): RunResult[] => results.filter(({ wrong }) => wrong.length > 0);

  async function lane(): Promise<void> {
    const redis = await startRedis(['--appendonly', 'no']);
    try {
      while (next < options.first + options.runs) {
        if (!options.keepGoing && failed().length > 0) return;
        const seed = next++;
        const result = await runSeed(seed, redis.url);
        results.push(result);
        for (const [what, often] of result.counts) {
          counts.set(what, (counts.get(what) ?? 0) + often);
        }
        options.say(describe(result));
      }
    } finally {
      await redis.stop();
    }
  }

  await Promise.all(Array.from({ length: options.lanes }, lane));
  options.say([...counts].map(([what, often]) => `${what}: ${often}`).join(', '));
  return { results, failed: failed(), counts };
}

/** One line, and for a seed that is wrong the story of what is wrong. */
function describe({ seed, profile, ms, wrong, journal }: RunResult): string {
  const head = `seed ${seed} (${profile}): ${wrong.length === 0 ? 'equal' : 'WRONG'} in ${Math.round(ms)} ms`;
  if (wrong.length === 0) return head;
  const names = new Set(
    wrong.flatMap((line) => line.match(/\b(?:e\d+(?:\.\d)?|shared\d+)\b/g) ?? []).slice(0, 4),
  );
  const story = journal.filter((line) => [...names].some((name) => line.includes(name)));
  return [
    head,
    ...wrong.slice(0, 10).map((line) => `  ${line}`),
    ...story.slice(-150).map((line) => `    ${line}`),
  ].join('\n');
}
