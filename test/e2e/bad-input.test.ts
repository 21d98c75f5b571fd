import { generateFeed } from '@xsoar-intel/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { differences, NONE, type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.close());

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** An event's text as OpenCTI frames it; `{id}` is replaced by the simulator. */
const event = (data: unknown, name = 'create', id = '{id}'): string =>
  `id: ${id}\nevent: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const indicator = (fields: Record<string, unknown>, entityId: string | null) => ({
  version: '4',
  type: 'create',
  scope: 'external',
  data: {
    id: 'indicator--7885e356-e100-56e6-8818-0c86a8574da6',
    type: 'indicator',
    spec_version: '2.1',
    extensions:
      entityId === null
        ? {}
        : { [OPENCTI]: { extension_type: 'property-extension', id: entityId, type: 'Indicator' } },
    pattern: "[ipv4-addr:value = '203.0.113.9']",
    pattern_type: 'stix',
    ...fields,
  },
});

const BAD: [what: string, reason: string, text: string][] = [
  ['a truncated JSON event', 'bad-json', event('{"version":"4","data":{"id":"indicator--')],
  ['an event without data', 'no-data', event({ version: '4', type: 'create' })],
  ['an event with no data line', 'no-data', 'id: {id}\nevent: update\n\n'],
  ['an id that is no ms-seq', 'bad-id', event(indicator({}, 'e1'), 'create', 'yesterday')],
  [
    'a 5 MB event',
    'too-large',
    event(indicator({ description: 'x'.repeat(5 * 1024 * 1024) }, 'e2')),
  ],
  ['an indicator without an OpenCTI id', 'wrong-shape', event(indicator({}, null))],
];

it('sets bad events aside with their reason, counts them, and goes on', {
  timeout: 60_000,
}, async () => {
  const ingest = await pipeline.ingest();
  const worker = await pipeline.worker();
  for (const [, , text] of BAD) pipeline.opencti.appendRaw(text);
  pipeline.opencti.appendRaw(event({ anything: 1 }, 'a-new-kind-of-event'));
  pipeline.opencti.appendRaw(
    event(
      indicator({ pattern: 'rule A { condition: true }', pattern_type: 'yara' }, 'yara-entity'),
    ),
  );
  await pipeline.opencti.play(generateFeed({ events: 20, seed: 3 })).finished;
  const { rejected } = await pipeline.quiet();

  expect(rejected).toBe(BAD.length);
  const metrics = await ingest.metrics();
  const reasons = new Map<string, number>();
  for (const [, reason] of BAD) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, count] of reasons) {
    expect(metrics).toContain(`xsoar_intel_events_rejected_total{reason="${reason}"} ${count}`);
    expect(ingest.logs()).toContainEqual(expect.objectContaining({ level: 'warn', reason }));
  }
  expect(await worker.metrics()).toContain('xsoar_intel_skipped_total{reason="not-stix-pattern"}');

  // Whatever was bad, what was good arrived, and nothing crashed.
  expect(differences(await pipeline.compare())).toEqual(NONE);
  expect(await ingest.end('SIGTERM')).toBe(0);
  expect(await worker.end('SIGTERM')).toBe(0);
});

it('moves the cursor past a bad event even when nothing follows it', {
  timeout: 60_000,
}, async () => {
  await pipeline.ingest();
  await pipeline.worker();
  const [, , truncated = ''] = BAD[0] ?? [];
  const id = pipeline.opencti.appendRaw(truncated);
  // A heartbeat with a greater id says that the server is past it.
  const snapshot = await until('the cursor is there', async () => {
    const now = await pipeline.snapshot();
    return now.cursor?.id.text === id ? now : null;
  });
  expect(snapshot.rejected).toBe(1);
});
