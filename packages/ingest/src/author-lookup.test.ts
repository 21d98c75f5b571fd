import { OpenctiError } from '@xsoar-intel/opencti';
import type { AuthorNames } from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { afterEach, expect, it, vi } from 'vitest';
import { lookUpAuthors } from './author-lookup.ts';

let end: (() => Promise<void>) | undefined;
afterEach(() => end?.());

/** Names in memory, with one entity waiting for each author. */
function start(authors: readonly string[], ask: (ids: readonly string[]) => Map<string, string>) {
  const waiting = new Map(authors.map((author) => [author, [`of ${author}`]]));
  const wanted = new Set(authors);
  const known = new Map<string, string>();
  const names: AuthorNames = {
    awaitName: async () => ({ kind: 'noted' }),
    wanted: async () => [...wanted],
    known: async () => new Map(known),
    async learn(pairs) {
      for (const [author, name] of pairs) known.set(author, name);
    },
    awaiting: async (author) => waiting.get(author) ?? [],
    async refresh(author) {
      waiting.delete(author);
      return 'queued';
    },
    async drop(author, until) {
      const count = waiting.get(author)?.length ?? 0;
      if (until > 0 || count === 0) wanted.delete(author);
      if (until > 0) waiting.delete(author);
      return count;
    },
  };
  const lines: string[] = [];
  const seen: string[] = [];
  const jobs: string[] = [];
  end = lookUpAuthors(
    {
      names,
      api: {
        async identityNames(ids) {
          seen.push(`asked for ${ids.join(' ')}`);
          return ask(ids);
        },
      },
      queue: {
        addBulk: async (added: { data: { entityId: string } }[]) => {
          jobs.push(...added.map(({ data }) => data.entityId));
          return [];
        },
      } as never,
      logger: createLogger({
        level: 'info',
        name: 'ingest',
        version: '0',
        destination: { write: (line: string) => lines.push(line) },
      }),
      onLookup: (outcome, count) => seen.push(`${outcome} ${count}`),
      onRefresh: (count) => seen.push(`refreshed ${count}`),
      now: () => 1_000,
    },
    { everyMs: 5, failedMs: 5, absentMs: 60_000 },
  );
  return { seen, jobs, lines, wanted };
}

it('asks once for all that is wanted, completes what waited, and believes an absence', async () => {
  const { seen, jobs, wanted } = start(['a', 'b'], () => new Map([['a', 'A']]));
  await vi.waitFor(() => expect(seen).toContain('refreshed 1'));
  expect(seen.slice(0, 4)).toEqual(['asked for a b', 'found 1', 'absent 1', 'refreshed 1']);
  expect(jobs).toEqual(['of a']);
  await vi.waitFor(() => expect(wanted.size).toBe(0));
});

it('warns once while OpenCTI cannot be asked, and goes on trying', async () => {
  let times = 0;
  const { seen, lines } = start(['a'], () => {
    times += 1;
    if (times < 3) {
      throw new OpenctiError('identityNames', { kind: 'network', code: 'X', words: 'away' });
    }
    return new Map([['a', 'A']]);
  });
  await vi.waitFor(() => expect(seen).toContain('refreshed 1'));
  expect(seen.filter((entry) => entry === 'failed 1')).toHaveLength(2);
  expect(lines.filter((line) => line.includes('cannot be looked up'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('again'))).toHaveLength(1);
});
