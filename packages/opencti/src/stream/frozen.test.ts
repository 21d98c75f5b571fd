import { expect, test } from 'vitest';
import { watchFrozen } from './frozen.ts';

test('an id that is repeated for too long is noticed, one that moves is not', () => {
  const watch = watchFrozen(100);
  expect(watch.heartbeat('1-0', 0)).toBe(false);
  expect(watch.heartbeat('1-0', 99)).toBe(false);
  expect(watch.heartbeat('2-0', 120)).toBe(false);
  expect(watch.heartbeat('2-0', 219)).toBe(false);
  expect(watch.heartbeat('2-0', 220)).toBe(true);
});

test('a time in which nothing was read does not count', () => {
  const watch = watchFrozen(100);
  expect(watch.heartbeat('1-0', 0)).toBe(false);
  watch.reset();
  expect(watch.heartbeat('1-0', 500)).toBe(false);
  expect(watch.heartbeat('1-0', 600)).toBe(true);
});
