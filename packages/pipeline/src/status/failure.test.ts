import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityOf, failureOf } from './failure.ts';

const request = JSON.stringify({ value: '198.51.100.7', indicator_type: 'IP', score: 3 });

describe('the failure of a job', () => {
  it('is read with the indicator that was to be pushed', () => {
    const failure = failureOf({
      entityId: 'e1',
      lastError: {
        operation: 'upsert',
        version: '5-0',
        reason: 'rejected',
        message: 'create: HTTP 400',
        status: 400,
        body: '{"error":"bad"}',
        request,
        firstFailureAt: '2026-02-01T09:00:00.000Z',
        lastFailureAt: '2026-02-01T09:30:00.000Z',
        attempts: 3,
        worker: 'w:1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      },
    });
    expect(failure).toEqual({
      operation: 'upsert',
      version: '5-0',
      reason: 'rejected',
      message: 'create: HTTP 400',
      status: 400,
      value: '198.51.100.7',
      type: 'IP',
      attempts: 3,
      firstFailureAt: '2026-02-01T09:00:00.000Z',
      lastFailureAt: '2026-02-01T09:30:00.000Z',
      worker: 'w:1',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      answer: { error: 'bad' },
      request: { value: '198.51.100.7', indicator_type: 'IP', score: 3 },
    });
  });

  it('has the value of a request that was cut off', () => {
    const value = 'https://example.test/"q"\\';
    const whole = JSON.stringify({ value, indicator_type: 'URL', CustomFields: { tags: [] } });
    const failure = failureOf({ lastError: { request: whole.slice(0, -5) } });
    expect(failure).toMatchObject({ value, type: null, request: whole.slice(0, -5) });
    expect(failureOf({ lastError: { request: '{"value":"never en' } })?.value).toBeNull();
  });

  it('keeps an answer that is no JSON as it came', () => {
    expect(failureOf({ lastError: { body: '<html>' } })?.answer).toBe('<html>');
  });

  it('is null where none was noted', () => {
    expect(failureOf({ entityId: 'e1' })).toBeNull();
    expect(failureOf(null)).toBeNull();
  });

  it('is read from anything without an error', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (data, lastError) => {
        failureOf(data);
        entityOf(data);
        const failure = failureOf({ lastError });
        if (failure) expect(typeof failure.reason).toBe('string');
      }),
    );
  });

  it('is not read through a prototype', () => {
    const data: unknown = JSON.parse('{"__proto__":{"entityId":"x","lastError":{"reason":"y"}}}');
    expect(failureOf(data)).toBeNull();
    expect(entityOf(data)).toBe('');
    expect(entityOf(Object.create({ entityId: 'x' }))).toBe('');
  });
});
