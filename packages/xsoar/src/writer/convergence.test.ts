import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DesiredIndicator } from '../indicator.ts';
import type { IndicatorWriter, KnownIndicator } from '../indicator-writer.ts';
import { FakeTenant, timeOut } from '../testing/fake-tenant.ts';
import { XsoarError } from '../xsoar-error.ts';
import { createIndicatorWriter } from './create-writer.ts';

/**
 * Several processes write the same few values one after another (the queue's
 * lease sees to that), with what they remember shared or lost, while an analyst
 * edits and the index lags. Each write must leave the tenant as it was asked,
 * at once: there may be no later one to put it right.
 */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('upsert' as const),
      value: fc.constantFrom('a.example', 'b.example'),
      writer: fc.nat(2),
      score: fc.nat(3),
      tags: fc.uniqueArray(fc.constantFrom('t1', 't2', 't3')),
      lost: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      value: fc.constantFrom('a.example', 'b.example'),
      writer: fc.nat(2),
      lost: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('analyst' as const),
      value: fc.constantFrom('a.example', 'b.example'),
      tag: fc.constantFrom('night', 'watch'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
);

const habits = fc.record({
  ids: fc.constantFrom('counter' as const, 'md5' as const, 'client' as const),
  duplicates: fc.constantFrom('keep' as const, 409 as const, 400 as const),
  missing: fc.constantFrom(400 as const, 404 as const),
  conflict: fc.constantFrom(400 as const, 409 as const),
  indexLagMs: fc.constantFrom(0, 500, 3000),
});

/** What is remembered of the last write, to judge by whether the index is up to date. */
const memory = fc.constantFrom('its time' as const, 'its version' as const);

/** Writes until it succeeds, as the queue does. */
async function persist<T>(write: () => Promise<T>, tenant: FakeTenant): Promise<T> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof XsoarError)) throw error;
      tenant.pass(5000);
    }
  }
  throw new Error('it does not end');
}

it('brings a tenant of any habits to what was asked last, and loses no tag of an analyst', async () => {
  await fc.assert(
    fc.asyncProperty(
      habits,
      memory,
      fc.array(step, { maxLength: 25 }),
      async (tenantHabits, remembered, steps) => {
        // A version tells nothing where an id may be used again.
        fc.pre(remembered === 'its time' || tenantHabits.ids === 'counter');
        const tenant = new FakeTenant(tenantHabits);
        const writers: IndicatorWriter[] = [0, 1, 2].map(() =>
          createIndicatorWriter(tenant, { batchWindowMs: 0, patience: tenant.patience }),
        );
        const known = new Map<string, KnownIndicator>();
        const { now } = tenant.patience;
        tenant.pass(100_000);
        const foreign = new Map<string, Set<string>>();

        for (const one of steps) {
          if (one.kind === 'wait') {
            tenant.pass(one.ms);
            continue;
          }
          const { value } = one;
          if (one.kind === 'analyst') {
            if (tenant.get(value) === undefined) continue;
            foreign.set(value, (foreign.get(value) ?? new Set()).add(one.tag));
            tenant.change(value, (object) => {
              const tags = (object.CustomFields?.tags ?? []) as string[];
              object.CustomFields = { ...object.CustomFields, tags: [...tags, one.tag] };
            });
            continue;
          }
          if (one.lost) {
            tenant.after = (operation) => {
              tenant.after = () => {};
              throw timeOut(operation);
            };
          }
          const writer = writers[one.writer];
          if (writer === undefined) throw new Error('no such writer');
          if (one.kind === 'remove') {
            const id = known.get(value)?.id;
            const target = { value, type: 'Domain', ...(id ? { id } : {}) };
            await persist(() => writer.remove(target, 'gone'), tenant);
            expect(tenant.get(value)).toBeUndefined();
            known.set(value, remembered === 'its time' ? { lastWriteAt: now() } : {});
            foreign.delete(value);
          } else {
            const { score, tags } = one;
            const desired: DesiredIndicator = {
              value,
              indicator_type: 'Domain',
              score,
              id: `hint-${value}`,
              CustomFields: { tags },
            };
            const never = remembered === 'its time' ? { lastWriteAt: 0 } : {};
            const before = known.get(value) ?? never;
            const { id, version } = await persist(() => writer.upsert(desired, before), tenant);
            const stored = tenant.get(value);
            expect(stored?.score).toBe(score);
            // An id that is used again counts its versions anew, so that there a stale
            // read can pass the lock; the state that was asked for is right all the same.
            const others = tenantHabits.ids === 'counter' ? (foreign.get(value) ?? []) : [];
            const expected = new Set([...tags, ...others]);
            const storedTags = new Set(stored?.CustomFields?.tags as string[]);
            expect([...expected].filter((tag) => !storedTags.has(tag))).toEqual([]);
            if (tenantHabits.ids === 'counter') expect(storedTags).toEqual(expected);
            known.set(value, {
              ...(id ? { id } : {}),
              ...(remembered === 'its time' ? { lastWriteAt: now() } : {}),
              ...(remembered === 'its version' && version !== null ? { version } : {}),
              previousTags: tags,
            });
          }
          tenant.after = () => {};
        }
      },
    ),
    { numRuns: 300 },
  );
});
