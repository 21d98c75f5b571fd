import { describe, expect, it } from 'vitest';
import { type FailedJob, groupDeadLetters } from './dead-letter-groups.ts';

let ids = 0;

function job(lastError?: Record<string, unknown>): FailedJob {
  ids += 1;
  return {
    id: String(ids),
    data: { entityId: `e${ids}`, ...(lastError ? { lastError } : {}) },
    failedReason: 'job stalled more than allowable limit',
    finishedOn: 1_000,
  };
}

describe('dead letters', () => {
  it('are grouped by reason and by what was said, the most frequent first', () => {
    const groups = groupDeadLetters(
      [
        job({ reason: 'too-large', message: 'HTTP 413' }),
        ...Array.from({ length: 7 }, () => job({ reason: 'rejected', message: 'no type' })),
        job({ reason: 'rejected', message: 'no field' }),
      ],
      9,
    );
    expect(groups.groups.map(({ reason, count }) => [reason, count])).toEqual([
      ['rejected', 8],
      ['too-large', 1],
    ]);
    const [rejected] = groups.groups;
    expect(rejected?.causes.map(({ message, count }) => [message, count])).toEqual([
      ['no type', 7],
      ['no field', 1],
    ]);
    expect(rejected?.causes[0]?.newest).toHaveLength(5);
  });

  it('whose attempts are used up count as that, whatever the last failure was', () => {
    const { groups } = groupDeadLetters(
      [job({ reason: 'timeout', message: 'a' }), job({ reason: '<b>', message: 'b' })],
      2,
    );
    expect(groups.map(({ reason, count }) => [reason, count])).toEqual([['attempts-exhausted', 2]]);
  });

  it('that no worker noted have stalled', () => {
    const { groups } = groupDeadLetters([job()], 1);
    expect(groups[0]).toMatchObject({
      reason: 'stalled',
      causes: [{ message: 'job stalled more than allowable limit' }],
    });
  });

  it('keep reasons and words that are names of properties apart from them', () => {
    const { groups } = groupDeadLetters([job({ reason: 'rejected', message: '__proto__' })], 1);
    expect(groups[0]?.causes[0]?.message).toBe('__proto__');
  });

  it('are bounded however many causes there are', () => {
    const jobs = Array.from({ length: 100 }, (_, n) =>
      job({ reason: 'rejected', message: `${n}` }),
    );
    const seen = groupDeadLetters(jobs, 5_000);
    expect(seen).toMatchObject({ total: 5_000, looked: 100 });
    expect(seen.groups[0]).toMatchObject({ count: 100 });
    expect(seen.groups[0]?.causes).toHaveLength(5);
  });
});
