import { type DeadLetter, failureOf } from '@xsoar-intel/pipeline';
import { expect, it } from 'vitest';
import { jsonOf } from './json.ts';

it('a dead letter as JSON has all that is known of its failure, under the same names', () => {
  const failure = failureOf({
    lastError: {
      ...{ operation: 'upsert', version: '5-0', reason: 'rejected', message: 'HTTP 400' },
      ...{ status: 400, body: '{"error":"bad"}', attempts: 3, worker: 'host-a:17' },
      request: '{"value":"198.51.100.7","indicator_type":"IP"}',
      firstFailureAt: '2026-02-01T09:00:00.000Z',
      lastFailureAt: '2026-02-01T09:30:00.000Z',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    },
  });
  expect(failure).not.toBeNull();
  const letter: DeadLetter = {
    ...{ jobId: '17', entityId: 'e1', at: 0, reason: 'rejected', message: 'HTTP 400', failure },
  };
  expect(jsonOf(letter)).toMatchObject(failure ?? {});
});
