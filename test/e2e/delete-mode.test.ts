import { afterEach, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
afterEach(() => pipeline.close());

const [FIRST, TWIN] = [1, 2];

/** An indicator, and another one of the same value. */
const made = (n: number) =>
  indicator(n, Date.now(), {
    labels: [`label-${n}`],
    pattern: "[ipv4-addr:value = '10.0.0.1']",
    valid_until: '2099-01-01T00:00:00.000Z',
  });
const found = () => [...pipeline.xsoar.dump()][0];
/** When XSOAR says that it expires, ms since 1970. */
async function expiry(): Promise<number> {
  const { url, key, keyId } = pipeline.xsoar;
  const response = await fetch(`${url}/xsoar/public/v1/indicators/search`, {
    method: 'POST',
    headers: { Authorization: key, 'x-xdr-auth-id': keyId, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: 'value:"10.0.0.1"', size: 10 }),
  });
  const { iocObjects } = (await response.json()) as { iocObjects: { expiration?: string }[] };
  return Date.parse(iocObjects[0]?.expiration ?? '');
}
const LATER = Date.parse('2099-01-01T00:00:00Z');
const tags = () => JSON.stringify(found()?.CustomFields?.tags ?? []);

it.each([
  ['expire', 'expired'],
  ['tag', 'tagged'],
  ['ignore', 'left'],
  ['delete', 'deleted'],
] as const)(
  'XSOAR_DELETE_MODE=%s: what goes from OpenCTI, and what comes back',
  {
    timeout: 60_000,
  },
  async (mode, action) => {
    pipeline = await startPipeline();
    await pipeline.ingest();
    const worker = await pipeline.worker({ XSOAR_DELETE_MODE: mode, XSOAR_DELETE_TAG: 'gone' });
    const { opencti, xsoar } = pipeline;
    for (const n of [FIRST, TWIN]) opencti.append({ kind: 'create', object: made(n) });
    await pipeline.quiet();
    const id = found()?.id;

    // While another one stands behind the value nothing goes but its own label.
    opencti.append({ kind: 'delete', id: made(TWIN).id });
    await pipeline.quiet();
    expect(tags()).toContain('label-1');
    expect(tags()).not.toContain('label-2');
    expect(tags()).not.toContain('gone');
    expect(await expiry()).toBe(LATER);

    opencti.append({ kind: 'delete', id: made(FIRST).id });
    await pipeline.quiet();
    expect(await worker.metrics()).toContain(
      `xsoar_intel_indicator_actions_total{action="${action}"} 1`,
    );
    expect(xsoar.stats().objects).toBe(mode === 'delete' ? 0 : 1);
    if (mode !== 'delete') expect(tags()).toContain('label-1');
    expect(tags().includes('gone')).toBe(mode === 'tag');
    if (mode === 'expire') expect(await expiry()).toBeLessThanOrEqual(Date.now());

    // It comes back as the same indicator, with nothing left of its absence.
    opencti.append({ kind: 'create', object: { ...made(FIRST), labels: ['label-3'] } });
    await pipeline.quiet();
    await until('it is as wanted', () => tags().includes('label-3'));
    expect(tags()).not.toContain('label-1');
    expect(tags()).not.toContain('gone');
    expect(await expiry()).toBe(LATER);
    expect(xsoar.stats().objects).toBe(1);
    if (mode !== 'delete') expect(found()?.id).toBe(id);
  },
);
