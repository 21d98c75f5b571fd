import type { DeliveryFailure } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { jobData, jobTitle } from './job-text.ts';

const failed = {
  entityId: 'e1',
  lastError: {
    reason: 'rejected',
    operation: 'upsert',
    status: 400,
    message: 'create: HTTP 400',
    body: '{"detail":"no such type"}',
    request: '{"value":"<img src=x onerror=alert(1)>","indicator_type":"URL"}',
  },
};

describe('the title of a job', () => {
  it('says the reason first, then operation and value, or entity where no value is known', () => {
    expect(jobTitle({ name: 'deliver', data: failed })).toBe(
      'rejected 400 · upsert · <img src=x onerror=alert(1)>',
    );
    const timeout = { entityId: 'e1', lastError: { reason: 'timeout', operation: 'delete' } };
    expect(jobTitle({ name: 'deliver', data: timeout })).toBe('timeout · delete · e1');
  });

  it('has no more of a value than there is room for, in whole characters', () => {
    const request = JSON.stringify({ value: '😀'.repeat(90) });
    const data = { entityId: 'e1', lastError: { ...failed.lastError, request } };
    expect(jobTitle({ name: 'deliver', data })).toBe(`rejected 400 · upsert · ${'😀'.repeat(80)}…`);
  });

  it('says of a job that ended well how it ended, not why it was tried again', () => {
    const delivered = { name: 'deliver', data: failed, returnvalue: 'delivered' };
    expect(jobTitle({ ...delivered, failedReason: 'create: HTTP 400' })).toBe('delivered · e1');
  });

  it('says what is known of a job without a noted failure', () => {
    expect(jobTitle({ name: 'deliver', data: { entityId: 'e1' } })).toBe('deliver · e1');
    const stalled = { name: 'deliver', data: { entityId: 'e1' }, failedReason: 'stalled' };
    expect(jobTitle(stalled)).toBe('failed · e1');
    expect(jobTitle({ name: 'deliver', data: null })).toBe('deliver · unknown entity');
  });
});

describe('the data of a job', () => {
  it('begins with reason, answer code and value, and ends with the whole request', () => {
    const shown = jobData(failed) as Record<string, unknown>;
    expect(Object.keys(shown).slice(0, 5)).toEqual([
      'reason',
      'status',
      'message',
      'value',
      'type',
    ]);
    expect(Object.keys(shown).at(-1)).toBe('request');
    expect(shown).toMatchObject({
      entityId: 'e1',
      value: '<img src=x onerror=alert(1)>',
      answer: { detail: 'no such type' },
    });
  });

  it('hides nothing that a worker noted', () => {
    // Each field has to be here, or this does not compile.
    const lastError: Required<DeliveryFailure> = {
      operation: 'the operation',
      version: 'the version',
      reason: 'the reason',
      message: 'the message',
      status: 418,
      body: 'the body',
      request: 'the request',
      firstFailureAt: 'the first failure',
      lastFailureAt: 'the last failure',
      attempts: 17,
      worker: 'the worker',
      traceId: 'the trace',
    };
    const shown = Object.values(jobData({ entityId: 'e1', lastError }) as object);
    for (const noted of Object.values(lastError)) expect(shown).toContain(noted);
  });

  it('is as it is without a failure', () => {
    const data = { entityId: 'e1' };
    expect(jobData(data)).toBe(data);
    expect(jobData('odd')).toBe('odd');
  });
});
