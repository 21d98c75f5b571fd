import { startFakeXsoar } from '@xsoar-intel/simulator';
import { createXsoarClient } from '@xsoar-intel/xsoar';
import { expect, it } from 'vitest';
import { type HeldCursor, walkHeld } from '../../packages/pipeline/src/reconcile/walk-held.ts';

/** More than a page. */
const OBJECTS = 620;

it('lists every object once, though all have one time of creation', async () => {
  const at = Date.UTC(2026, 7, 20);
  const xsoar = await startFakeXsoar({ now: () => at });
  const client = createXsoarClient({
    ...{ url: xsoar.url, keyId: xsoar.keyId, key: xsoar.key, sslVerify: true },
    ...{ timeoutMs: 30_000, connections: 8, userAgent: 'test' },
  });
  try {
    const values = Array.from({ length: OBJECTS }, (_, n) => `${n}.example`);
    await Promise.all(
      values.map((value) =>
        client.create({
          ...{ value, indicator_type: 'Domain', score: 2, source: 'OpenCTI', CustomFields: {} },
        }),
      ),
    );
    const listed: string[] = [];
    const cursors: HeldCursor[] = [];
    const { signal } = new AbortController();
    for await (const page of walkHeld(client, ['OpenCTI'], null, signal)) {
      listed.push(...page.objects.map(({ value }) => value));
      cursors.push(page.cursor);
    }
    expect(listed.length).toBe(OBJECTS);
    expect(new Set(listed)).toEqual(new Set(values));
    expect(cursors.length).toBe(2);
  } finally {
    await client.close();
    await xsoar.close();
  }
});
