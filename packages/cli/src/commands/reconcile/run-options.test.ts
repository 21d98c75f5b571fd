import { describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-code.ts';
import { CommandError } from '../../load.ts';
import { type ReconcileOptions, refuseOptions, runOptions } from './run-options.ts';

const NOW = Date.UTC(2026, 7, 20, 9, 31);
const run = (options: ReconcileOptions, known = 10_000) =>
  runOptions(options, { known: async () => known, now: NOW });

describe('the run that is asked for', () => {
  it('compares everything and changes nothing where nothing else is said', async () => {
    expect(await run({})).toEqual({ apply: false, share: 1, since: null });
  });

  it('takes about so many of those that are known, in whole permille', async () => {
    expect((await run({ sample: 25 })).share).toBe(0.003);
    expect((await run({ sample: 25 }, 9_990)).share).toBe(0.003);
    expect((await run({ sample: 25 }, 3)).share).toBe(1);
    expect((await run({ sample: 25 }, 0)).share).toBe(1);
  });

  it('takes a share in percent', async () => {
    expect((await run({ percent: 5 })).share).toBe(0.05);
  });

  it('begins at a date, or so far back from the hour, so that a second call means the same', async () => {
    expect((await run({ since: '2026-01-31T12:00:00Z' })).since).toBe(Date.UTC(2026, 0, 31, 12));
    expect((await run({ since: 'P1D' })).since).toBe(Date.UTC(2026, 7, 19, 9));
    await expect(run({ since: 'lately' })).rejects.toThrow('"lately" is neither a date');
  });

  it('knows former sources in any order as the same run', async () => {
    const { formerSources } = await run({ formerSource: ['b', 'a', 'b'] });
    expect(formerSources).toEqual(['a', 'b']);
  });
});

it.each<[string, ReconcileOptions, string[], RegExp]>([
  ['to apply and not to', { apply: true, dryRun: true }, [], /--dry-run changes nothing/],
  ['two shares', { sample: 1, percent: 1 }, [], /Either --sample or --percent/],
  ['to repair what is left out on purpose', { apply: true }, ['create'], /FILTER_EVENT_TYPES/],
  ['a former source without a name', { formerSource: [' '] }, [], /wants a name/],
  ['extras with --since', { formerSource: ['a'], since: 'P1D' }, [], /leave one of them out/],
])('refuses %s, as wrong usage', (_what, options, eventTypes, words) => {
  const refused = (): void => refuseOptions(options, eventTypes);
  expect(refused).toThrow(words);
  expect(refused).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  expect(refused).toThrow(CommandError);
});

it('refuses nothing that makes sense', () => {
  expect(() => refuseOptions({ dryRun: true, sample: 5, since: 'P1D' }, ['create'])).not.toThrow();
  expect(() => refuseOptions({ apply: true, formerSource: ['a'] }, [])).not.toThrow();
});
