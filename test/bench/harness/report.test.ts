import { expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { render, shown } from './report.ts';
import { check } from './scenario.ts';
import { median, percentile } from './statistics.ts';

it('takes the middle run, and of percentiles the nearest rank', () => {
  expect(median([3, 1, 2])).toBe(2);
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([50, 95, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([
    50, 95, 99, 100,
  ]);
  expect(percentile([7], 1)).toBe(7);
  expect(median([])).toBeNaN();
});

it('does not call a target reached that was not measured', () => {
  expect(check('rate', Number.NaN, 'at least', 1).reached).toBe(false);
  expect(check('time', Number.NaN, 'at most', 1).reached).toBe(false);
  expect(check('rate', 1, 'at least', 1).reached).toBe(true);
  expect(check('time', 1.01, 'at most', 1).reached).toBe(false);
});

it('prints a figure per line, a row per column, and every verdict', () => {
  const text = render(
    { name: 'one', about: 'a test', run: () => Promise.reject(new Error('not run')) },
    {
      parameters: { events: 50_000 },
      rows: [
        { label: 'first', figures: { 'events/s': [1_000, 3_000, 2_000] } },
        { label: 'second', figures: { 'events/s': [12.5], 'p50, ms': [1.25] } },
      ],
      checks: [check('p50, ms', 1.25, 'at most', 1)],
      notes: ['and a note'],
    },
  );
  expect(text.split('\n')).toEqual([
    '',
    '## one: a test',
    'events 50,000',
    '',
    '          first                   second',
    'events/s  2,000 (1,000 to 3,000)  12.50',
    'p50, ms                           1.250',
    '',
    'NOT REACHED  p50, ms: 1.250, wanted at most 1',
    'and a note',
  ]);
  expect(shown(Number.NaN)).toBe('none');
});

it('runs three times unless told otherwise, and once when it is quick', () => {
  const known = ['limit', 'cost'];
  expect(parseArguments([], known)).toMatchObject({ runs: 3, size: 'full', scenarios: [] });
  expect(parseArguments(['cost', '--quick'], known)).toMatchObject({ runs: 1, size: 'quick' });
  expect(parseArguments(['--quick', '--runs', '5', '--json', 'x'], known)).toMatchObject({
    runs: 5,
    json: 'x',
  });
  expect(
    parseArguments(
      ['--worker', 'XSOAR_CONCURRENCY=adaptive', '--worker', 'XSOAR_SOURCE=a=b'],
      known,
    ).environment,
  ).toEqual({
    ingest: {},
    worker: { XSOAR_CONCURRENCY: 'adaptive', XSOAR_SOURCE: 'a=b' },
    board: {},
  });
  expect(() => parseArguments(['--worker', 'fast'], known)).toThrow('write NAME=VALUE');
  expect(() => parseArguments(['--runs', '0'], known)).toThrow('--runs');
  expect(() => parseArguments(['costs'], known)).toThrow('there are limit, cost');
});
