import { describe, expect, it } from 'vitest';
import { groupRetries } from './retrying.ts';

const failed = (reason: string, message: string) => ({
  data: { entityId: 'e', lastError: { reason, message } },
});

describe('deliveries that are tried again', () => {
  it('are grouped by why they failed, the most frequent first, in the words of the next one', () => {
    const jobs = [
      failed('timeout', 'create: no answer within 30 s'),
      failed('server-error', 'create: HTTP 500'),
      { data: { entityId: 'waits for its lease' } },
      failed('server-error', 'edit: HTTP 502'),
    ];
    expect(groupRetries(jobs)).toEqual({
      looked: 4,
      groups: [
        { reason: 'server-error', count: 2, message: 'create: HTTP 500' },
        { reason: 'timeout', count: 1, message: 'create: no answer within 30 s' },
      ],
    });
  });

  it('are none where jobs wait for something else', () => {
    expect(groupRetries([{ data: { entityId: 'e' } }, { data: null }])).toEqual({
      looked: 2,
      groups: [],
    });
  });
});
