import { expect, test } from 'vitest';
import { parseRetryAfter, RETRY_AFTER_MAX_MS } from './retry-after.ts';

const NOW = Date.UTC(2026, 7, 20, 9, 0, 0);

test.each<[string | undefined, number | null]>([
  [undefined, null],
  ['', null],
  ['0', 0],
  ['120', 120_000],
  [' 1.5 ', 1_500],
  ['-3', null],
  ['soon', null],
  ['soon 1', null],
  ['2026-08-20', null],
  ['Thu, 20 Aug 2026 09:00:30 GMT', 30_000],
  ['Thu, 20 Aug 2026 08:59:00 GMT', 0],
  ['Fri, 20 Aug 2027 09:00:00 GMT', RETRY_AFTER_MAX_MS],
  ['Thu Aug 20 09:00:10 2026', 10_000],
  ['Thursday, 20-Aug-26 09:00:10 GMT', 10_000],
  ['99999999999', RETRY_AFTER_MAX_MS],
  ['9'.repeat(400), RETRY_AFTER_MAX_MS],
])('%j asks for a wait of %j ms', (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});
