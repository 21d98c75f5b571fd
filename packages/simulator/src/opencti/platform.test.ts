import { expect, test } from 'vitest';
import { indicator } from '../testing/objects.ts';
import { compareIds, createIdSource, formatId, parseId } from './event-id.ts';
import { createPlatform } from './platform.ts';
import { createSentCache } from './references.ts';
import { objectOf } from './table.ts';

const indicators = { types: ['indicator'] };
const platformOf = (retention = Number.POSITIVE_INFINITY, now = () => 1000) =>
  createPlatform({ now, retention, filter: indicators });

test('ids grow strictly, also when the clock stands still or goes back', () => {
  const times = [5, 5, 7, 6, 6, 9];
  const ids = createIdSource(() => times.shift() ?? 9);
  const taken = Array.from({ length: 6 }, () => formatId(ids.take()));
  expect(taken).toEqual(['5-0', '5-1', '7-0', '7-1', '7-2', '9-0']);
});

test('ids compare as numbers', () => {
  const [nine, ten] = [parseId('9-10'), parseId('10-9')];
  if (!nine || !ten) throw new Error('both are ids');
  expect(compareIds(nine, ten)).toBeLessThan(0);
  expect(parseId('9')).toBeNull();
  expect(parseId('a-1')).toBeNull();
});

test('the table holds the fold of what happened', () => {
  const platform = platformOf();
  platform.apply({ kind: 'create', object: indicator(1) });
  platform.apply({ kind: 'create', object: indicator(2) });
  platform.apply({ kind: 'update', object: indicator(1, { labels: ['new'] }) });
  platform.apply({ kind: 'delete', id: indicator(2).id });
  const rows = [...platform.table.rows()].map(objectOf);
  expect(rows).toEqual([indicator(1, { labels: ['new'] })]);
  expect(platform.log.next).toBe(4);
});

test('a create of what exists is an update, as OpenCTI upserts', () => {
  const platform = platformOf();
  platform.apply({ kind: 'create', object: indicator(1) });
  platform.apply({ kind: 'create', object: indicator(1, { description: 'again' }) });
  expect(platform.log.at(1)?.name).toBe('update');
});

test('an object is found by its new STIX id after its pattern changed, and not by the old one', () => {
  const platform = platformOf();
  platform.apply({ kind: 'create', object: indicator(1) });
  const moved = { ...indicator(1), id: 'indicator--moved', pattern: 'x' };
  platform.apply({ kind: 'update', object: moved });
  expect(platform.table.find('indicator--moved')).toBeDefined();
  expect(platform.table.find(indicator(1).id)).toBeUndefined();
  expect(platform.table.size).toBe(1);
});

test('a delete of what is not there makes no event', () => {
  expect(platformOf().apply({ kind: 'delete', id: 'nobody' })).toBeNull();
});

test('retention drops the oldest entries and keeps the objects', () => {
  const platform = platformOf(10);
  for (let n = 1; n <= 100; n += 1) platform.apply({ kind: 'create', object: indicator(n) });
  expect(platform.log.next - platform.log.first).toBe(10);
  expect(platform.log.first).toBe(90);
  expect(platform.log.at(89)).toBeUndefined();
  expect([...platform.table.rows()].map(objectOf)).toEqual(
    Array.from({ length: 100 }, (_, i) => indicator(i + 1)),
  );
});

test('numbers of entries stay right after many entries were dropped', () => {
  const platform = platformOf(100);
  for (let n = 0; n < 20_000; n += 1)
    platform.apply({ kind: 'update', object: indicator(1, { description: String(n) }) });
  const { log } = platform;
  expect(log.next).toBe(20_000);
  const entry = log.at(19_950);
  if (!entry) throw new Error('retained');
  expect(objectOf(entry).description).toBe('19950');
  expect(log.after(entry.id)).toBe(19_951);
  expect(log.after({ ms: 0, seq: 0 })).toBe(log.first);
});

test('a new filter is applied to entries that were written under the old one', () => {
  const platform = platformOf();
  platform.apply({ kind: 'create', object: indicator(1) });
  platform.apply({ kind: 'update', object: indicator(1, { revoked: true }) });
  const matches = () => {
    const entry = platform.log.at(1);
    return entry ? platform.matchesOf(entry) : null;
  };
  expect(matches()).toEqual({ before: true, now: true });
  platform.setFilter({ revoked: false });
  expect(matches()).toEqual({ before: true, now: false });
  platform.setFilter({ revoked: true });
  expect(matches()).toEqual({ before: false, now: true });
});

test('what is known of the XSOAR side survives updates until the pattern changes', () => {
  const platform = platformOf();
  const expects = { values: [{ type: 'IP', value: '203.0.113.1' }], mappable: true };
  platform.apply({ kind: 'create', object: indicator(1), expects });
  platform.apply({ kind: 'update', object: indicator(1, { labels: ['x'] }) });
  const row = () => [...platform.table.rows()][0];
  expect(row()?.expects).toBe(expects);
  platform.apply({ kind: 'update', object: indicator(1, { pattern: 'other' }) });
  expect(row()?.expects).toBeUndefined();
});

test('a merge removes what was merged away and keeps its objects in the event', () => {
  const platform = platformOf();
  platform.apply({ kind: 'create', object: indicator(1) });
  platform.apply({ kind: 'create', object: indicator(2) });
  platform.apply({
    kind: 'merge',
    object: indicator(1, { labels: ['m'] }),
    sources: [indicator(2).id],
  });
  expect(platform.table.size).toBe(1);
  const entry = platform.log.at(2);
  const text = entry?.block.toString('utf8', entry.dataStart + 6, entry.end) ?? '';
  expect(JSON.parse(text).context.sources).toEqual([indicator(2)]);
});

test('ids sent lately are remembered up to a limit and for a time', () => {
  let now = 0;
  const cache = createSentCache(10, 1000, () => now);
  for (let n = 0; n < 100; n += 1) cache.add(`id-${n}`);
  expect(cache.has('id-99')).toBe(true);
  expect(cache.has('id-50')).toBe(false);
  cache.add('kept');
  for (let n = 0; n < 100; n += 1) {
    cache.add(`other-${n}`);
    expect(cache.has('kept')).toBe(true);
  }
  now = 2000;
  expect(cache.has('kept')).toBe(false);
});
