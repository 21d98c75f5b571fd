import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, steadyBackoffMs } from './backoff.ts';
import { classifyFailure, type FailedRequest } from './classify.ts';

const NOW = Date.parse('2026-08-20T09:00:00Z');
const status = (code: number, more: Partial<FailedRequest> = {}): FailedRequest => ({
  kind: 'status',
  status: code,
  ...more,
});

describe('the outcome table', () => {
  const dead = (reason: string) => ({ kind: 'dead', reason });
  const hold = (kind: string, afterMs: number | null = null) => ({
    kind: 'hold',
    hold: kind,
    afterMs,
  });
  const retry = (reason: string, outage: boolean, afterMs: number | null = null) => ({
    kind: 'retry',
    reason,
    outage,
    afterMs,
  });

  it.each<[string, FailedRequest, object]>([
    ['400', status(400), dead('rejected')],
    [
      '400 with a lock conflict',
      status(400, { errorId: 'errOptimisticLock' }),
      retry('conflict', false),
    ],
    ['401', status(401), hold('credentials')],
    ['402', status(402), hold('credentials')],
    ['403', status(403), hold('credentials')],
    ['404 of a wrong path', status(404), hold('configuration')],
    ['404 in the error envelope', status(404, { errorId: 'notFound' }), dead('rejected')],
    ['405', status(405), hold('configuration')],
    ['408', status(408), retry('timeout', true)],
    ['409', status(409), retry('conflict', false)],
    ['413', status(413), dead('too-large')],
    ['418', status(418), dead('rejected')],
    ['422', status(422), dead('rejected')],
    ['425', status(425), retry('timeout', true)],
    ['429', status(429), hold('rate-limit')],
    ['429 with seconds', status(429, { retryAfter: '7' }), hold('rate-limit', 7_000)],
    [
      '429 with a date',
      status(429, { retryAfter: 'Thu, 20 Aug 2026 09:00:30 GMT' }),
      hold('rate-limit', 30_000),
    ],
    ['500', status(500), retry('server-error', true)],
    ['502', status(502), retry('unavailable', true)],
    ['503', status(503, { retryAfter: '2' }), retry('unavailable', true, 2_000)],
    ['504', status(504), retry('unavailable', true)],
    ['599', status(599), retry('server-error', true)],
    ['303', status(303), hold('configuration')],
    ['a redirect', { kind: 'redirect' }, hold('configuration')],
    ['HTML', { kind: 'not-json', status: 200 }, hold('configuration')],
    ['an answer of another shape', { kind: 'bad-answer', status: 200 }, dead('bad-answer')],
    ['a timeout', { kind: 'timeout' }, retry('timeout', true)],
    ['a network error', { kind: 'network' }, retry('network', true)],
    ['a shutdown', { kind: 'aborted' }, retry('shutdown', false)],
  ])('%s', (_, failure, outcome) => {
    expect(classifyFailure(failure, NOW)).toEqual(outcome);
  });

  it('has an answer for every status there can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 999 }), (code) => {
        expect(['retry', 'hold', 'dead']).toContain(classifyFailure(status(code), NOW).kind);
      }),
    );
  });
});

describe('backoff', () => {
  const bounds = { minMs: 1_000, maxMs: 60_000 };

  it('doubles its ceiling with each failure, up to the bound', () => {
    const highest = (failures: number) => backoffMs(failures, bounds, 0.999999);
    expect([1, 2, 3, 10, 1e9].map(highest)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
    expect([1, 2, 7, 1e9].map((n) => steadyBackoffMs(n, bounds))).toEqual([
      1_000, 2_000, 60_000, 60_000,
    ]);
  });

  it('stays within its bounds whatever comes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 0.999, noNaN: true }), (n, random) => {
        const ms = backoffMs(n, bounds, random);
        expect(ms).toBeGreaterThanOrEqual(500);
        expect(ms).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});
