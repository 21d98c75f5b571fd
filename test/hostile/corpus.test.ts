/**
 * Named hostile events, through real processes, slots, scripts and worker: each is accounted for, and
 * what is good around them arrives. Whatever once did harm gets a file in corpus/.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { scanBindings } from '@xsoar-intel/pipeline';
import { afterEach, expect, it } from 'vitest';
import { type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { createDomain } from '../support/indicators.ts';

/** What an event has to become. */
type Fate = 'delivered' | 'skipped' | 'rejected' | 'irrelevant';

/** One file of the corpus; a text stands for an event that is no JSON. */
interface Case {
  becomes: Fate;
  event: unknown;
}

const CORPUS = new URL('./corpus/', import.meta.url);
const cases = readdirSync(CORPUS).map((file): [string, Case] => [
  file,
  JSON.parse(readFileSync(new URL(file, CORPUS), 'utf8')) as Case,
]);
const expected = (fate: Fate): number => cases.filter(([, { becomes }]) => becomes === fate).length;

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

it('each event of the corpus becomes what its file says, and none is lost on the way', {
  timeout: 60_000,
}, async () => {
  const running = await startPipeline();
  pipeline = running;
  const [ingest, worker] = await Promise.all([
    running.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' }),
    running.worker(),
  ]);
  for (const [, { event }] of cases) {
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    running.opencti.appendRaw(`id: {id}\nevent: create\ndata: ${data}\n\n`);
  }
  running.opencti.append(createDomain('good.corpus.example'));
  const { rejected, dead } = await running.quiet();

  const found = { delivered: 0, skipped: 0 };
  for await (const { values, skipReason } of scanBindings(running.client, running.keys)) {
    found[values.length === 0 && skipReason !== null ? 'skipped' : 'delivered'] += 1;
  }
  const sample = 'xsoar_intel_events_total{type="create",outcome="not-indicator"}';
  const line = (await ingest.metrics()).split('\n').find((text) => text.startsWith(sample));
  const irrelevant = line === undefined ? 0 : Number(line.slice(sample.length + 1));
  expect({ ...found, rejected, irrelevant, dead }).toEqual({
    // And the good one.
    delivered: expected('delivered') + 1,
    skipped: expected('skipped'),
    rejected: expected('rejected'),
    irrelevant: expected('irrelevant'),
    dead: 0,
  });
  expect(found.delivered + found.skipped + rejected + irrelevant).toBe(cases.length + 1);
  expect(running.xsoar.get('good.corpus.example')).not.toBeNull();
  expect([await ingest.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
});
