import { expect, test } from 'vitest';
import { indicator } from '../testing/objects.ts';
import { passesFilter, translate } from './filter.ts';

test('an update is translated by what matched before and what matches now', () => {
  const update = (before: boolean, now: boolean, deletes = true) =>
    translate('update', { before, now }, deletes);
  expect(update(true, true)).toBe('update');
  expect(update(false, true)).toBe('create');
  expect(update(true, false)).toBe('delete');
  expect(update(true, false, false)).toBeNull();
  expect(update(false, false)).toBeNull();
});

test('deletes are sent only to those who listen, merges always', () => {
  const matches = { before: true, now: true };
  expect(translate('delete', matches, true)).toBe('delete');
  expect(translate('delete', matches, false)).toBeNull();
  expect(translate('merge', matches, false)).toBe('merge');
  expect(translate('create', { before: false, now: false }, true)).toBeNull();
});

test('every property of a filter must hold', () => {
  const object = indicator(1, { labels: ['c2'], object_marking_refs: ['m'] }, { score: 40 });
  expect(passesFilter({}, object)).toBe(true);
  expect(passesFilter({ types: ['indicator'], revoked: false, detection: true }, object)).toBe(
    true,
  );
  expect(passesFilter({ types: ['malware'] }, object)).toBe(false);
  expect(passesFilter({ revoked: true }, object)).toBe(false);
  expect(passesFilter({ detection: false }, object)).toBe(false);
  expect(passesFilter({ minScore: 40 }, object)).toBe(true);
  expect(passesFilter({ minScore: 41 }, object)).toBe(false);
  expect(passesFilter({ labels: ['x', 'c2'] }, object)).toBe(true);
  expect(passesFilter({ labels: ['x'] }, object)).toBe(false);
  expect(passesFilter({ markings: ['m'] }, object)).toBe(true);
  expect(passesFilter({ patternTypes: ['yara'] }, object)).toBe(false);
});
