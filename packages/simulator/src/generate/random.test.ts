import { expect, test } from 'vitest';
import { isUuid } from '../stix/uuid.ts';
import { createRandom } from './random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.word());
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test('numbers stay in their range and spread over it', () => {
  const random = createRandom(1);
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const bucket = random.below(10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  expect(buckets.length).toBe(10);
  for (const count of buckets) expect(count).toBeGreaterThan(800);
});

test('UUIDs are of version 4, and hexadecimal texts have the length asked for', () => {
  const random = createRandom(9);
  for (let i = 0; i < 100; i += 1) {
    const id = random.uuid();
    expect(isUuid(id)).toBe(true);
    expect(id.charAt(14)).toBe('4');
    expect('89ab').toContain(id.charAt(19));
  }
  expect(random.hex(31)).toMatch(/^[0-9a-f]{31}$/);
});
