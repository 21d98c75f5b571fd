import { groupDeadLetters, groupRetries, type Reading, type Snapshot } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { createStatusSource } from './status-source.ts';

const snapshot: Snapshot = {
  cursor: null,
  pending: 0,
  oldestPendingMs: null,
  dead: 0,
  rejected: 0,
  reconciled: null,
  holds: [],
  workers: [],
  ingests: [],
  ingestActive: false,
  stream: null,
  jobs: { waiting: 0, active: 0, delayed: 0, failed: 0 },
};

/** A source over readings that the test answers by hand, at a time that the test sets. */
function world() {
  const asked: { answer(reading: Reading): void; fail(error: Error): void }[] = [];
  const clock = { ms: 0 };
  const source = createStatusSource({
    read: () =>
      new Promise((resolve, reject) => {
        asked.push({ answer: resolve, fail: reject });
      }),
    version: 'v',
    connectorId: 'c',
    freshMs: 1_000,
    timeoutMs: 50,
    now: () => clock.ms,
  });
  const reading = (pending: number): Reading => ({
    at: clock.ms,
    snapshot: { ...snapshot, pending },
    rates: null,
    retrying: groupRetries([]),
    deadLetters: groupDeadLetters([], 0),
    setAside: [],
    actions: [],
  });
  return { asked, clock, source, reading };
}

describe('the status source', () => {
  it('reads once for all who ask at the same time', async () => {
    const { asked, source, reading } = world();
    const both = Promise.all([source.status(), source.status()]);
    expect(asked).toHaveLength(1);
    asked[0]?.answer(reading(3));
    expect((await both).map(({ pending }) => pending.entities)).toEqual([3, 3]);
  });

  it('reads again when the last reading is no longer fresh', async () => {
    const { asked, clock, source, reading } = world();
    const first = source.status();
    asked[0]?.answer(reading(1));
    await first;
    clock.ms = 999;
    expect((await source.status()).pending.entities).toBe(1);
    clock.ms = 1_000;
    const second = source.status();
    asked[1]?.answer(reading(2));
    expect((await second).pending.entities).toBe(2);
  });

  it('does not wait for a Redis that says nothing, and asks again later', async () => {
    const { asked, clock, source, reading } = world();
    await expect(source.status()).rejects.toThrow(/does not answer within 50 ms/);
    clock.ms = 2_000;
    const next = source.status();
    asked[1]?.answer(reading(1));
    expect((await next).pending.entities).toBe(1);
  });

  it('hands a failure on', async () => {
    const { asked, source } = world();
    const status = source.status();
    asked[0]?.fail(new Error('the cursor in Redis is "x"'));
    await expect(status).rejects.toThrow('the cursor in Redis is "x"');
  });
});
