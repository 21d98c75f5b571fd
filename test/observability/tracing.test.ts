/** Traces from stream event to XSOAR call, by real processes and a collector that reads them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pipeline, startPipeline, type TestProcess } from '../e2e/pipeline.ts';
import {
  type ExportedSpan,
  type FakeCollector,
  startFakeCollector,
} from '../support/fake-collector.ts';
import { createDomain, deleteDomain, entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';

const HEADER_SECRET = 'marked-collector-key-7a3e';
/** OTLP's numbers of kinds of span. */
const [INTERNAL, CLIENT, CONSUMER] = [1, 3, 5];

/** Starts both processes and waits until the stream is read. */
async function startBoth(
  pipeline: Pipeline,
  environment: Record<string, string>,
): Promise<{ ingest: TestProcess; worker: TestProcess }> {
  const [ingest, worker] = await Promise.all([
    pipeline.ingest(environment),
    pipeline.worker(environment),
  ]);
  await until('the stream is read', () => pipeline.opencti.stats().connectionsOpened > 0);
  return { ingest, worker };
}

const inXsoar = (pipeline: Pipeline, name: string) =>
  until(`${name} is in XSOAR`, () => pipeline.xsoar.get(name));

describe('with a collector', () => {
  let pipeline: Pipeline;
  let collector: FakeCollector;
  let worker: TestProcess;
  let ingest: TestProcess;

  beforeAll(async () => {
    [pipeline, collector] = await Promise.all([startPipeline(), startFakeCollector()]);
    ({ ingest, worker } = await startBoth(pipeline, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${HEADER_SECRET}`,
    }));
  });
  afterAll(async () => {
    await Promise.all([pipeline.close(), collector.close()]);
  });

  /** The trace of the event with this id, once its delivery is in it and has ended well. */
  const traceOf = (eventId: string | null): Promise<ExportedSpan[]> =>
    until(`the trace of ${eventId} is exported`, () => {
      const [event] = collector.spans.filter(
        ({ name, attributes }) =>
          name === 'stream event' && attributes['xsoar_intel.event.id'] === eventId,
      );
      const trace = collector.spans.filter(({ traceId }) => traceId === event?.traceId);
      const done = trace.some(
        ({ attributes }) => attributes['xsoar_intel.outcome'] === 'delivered',
      );
      return done ? trace.sort((a, b) => a.startedAt - b.startedAt) : null;
    });
  const named = (trace: readonly ExportedSpan[], name: string): ExportedSpan[] =>
    trace.filter((span) => span.name === name);

  it('holds event, delivery and every call to XSOAR of a create, an update and a delete in one trace each', async () => {
    const one = 'one.example';
    const created = pipeline.opencti.append(createDomain(one));
    await pipeline.quiet();
    const updated = pipeline.opencti.append(updateDomain(one, 10));
    await pipeline.quiet();
    const deleted = pipeline.opencti.append(deleteDomain(one));
    await pipeline.quiet();
    const steps = [
      ['create', created, 'upsert', 'POST /indicator/create', 'created'],
      ['update', updated, 'upsert', 'POST /indicator/edit', 'edited'],
      ['delete', deleted, 'delete', 'POST /indicators/batchDelete', 'deleted'],
    ] as const;
    for (const [name, eventId, pushed, call, action] of steps) {
      const trace = await traceOf(eventId);
      const [event, ...otherEvents] = named(trace, 'stream event');
      const [delivery, ...otherDeliveries] = named(trace, 'delivery');
      const calls = trace.filter(({ kind }) => kind === CLIENT);
      expect([otherEvents, otherDeliveries]).toEqual([[], []]);
      expect(event).toMatchObject({
        service: 'xsoar-intel-ingest',
        kind: CONSUMER,
        parentSpanId: '',
        failed: false,
        attributes: {
          'xsoar_intel.event.name': name,
          'xsoar_intel.entity.id': entityIdOf(one),
          'xsoar_intel.entity.type': 'indicator',
          'xsoar_intel.event.became': 'written',
          'messaging.message.body.size': expect.any(Number),
        },
      });
      expect(delivery).toMatchObject({
        service: 'xsoar-intel-worker',
        kind: CONSUMER,
        parentSpanId: event?.spanId,
        failed: false,
        attributes: {
          'xsoar_intel.entity.id': entityIdOf(one),
          'xsoar_intel.event.id': eventId,
          'xsoar_intel.operation': pushed,
          'xsoar_intel.attempt': 1,
          'xsoar_intel.coalesced': 0,
          'xsoar_intel.actions': action,
        },
      });
      expect(calls.map((span) => span.name)).toContain(call);
      for (const span of calls) {
        expect(span).toMatchObject({
          parentSpanId: delivery?.spanId,
          attributes: {
            'http.request.method': 'POST',
            'http.response.status_code': 200,
            'server.address': '127.0.0.1',
            'server.port': pipeline.xsoar.port,
          },
        });
        expect(String(span.attributes['url.full'])).toMatch(
          `${pipeline.xsoar.url}/xsoar/public/v1${span.attributes['url.template']}`,
        );
        expect(span.startedAt).toBeGreaterThanOrEqual(delivery?.startedAt ?? Number.NaN);
        expect(span.endedAt).toBeLessThanOrEqual(delivery?.endedAt ?? Number.NaN);
      }
    }
  });

  it('marks an attempt that failed, tells its trace in the log, and has the retry in the same trace', async () => {
    pipeline.xsoar.faults.add({
      fault: { kind: 'status', status: 502 },
      operations: ['create'],
      value: 'fails.example',
      times: 1,
    });
    const trace = await traceOf(pipeline.opencti.append(createDomain('fails.example')));
    const [event] = named(trace, 'stream event');
    const [failed, retry] = named(trace, 'delivery');
    expect([failed?.parentSpanId, retry?.parentSpanId]).toEqual([event?.spanId, event?.spanId]);
    expect(failed).toMatchObject({
      failed: true,
      attributes: { 'xsoar_intel.attempt': 1, 'xsoar_intel.outcome': 'retry' },
    });
    expect(failed?.attributes['error.type']).toBeTypeOf('string');
    expect(retry).toMatchObject({ failed: false, attributes: { 'xsoar_intel.attempt': 2 } });
    const create = trace.filter(({ name }) => name === 'POST /indicator/create');
    expect(create).toMatchObject([
      {
        parentSpanId: failed?.spanId,
        failed: true,
        attributes: { 'http.response.status_code': 502, 'error.type': '502' },
      },
      { parentSpanId: retry?.spanId, failed: false },
    ]);
    const line = worker.logs().find(({ trace_id }) => trace_id === event?.traceId);
    expect(line).toMatchObject({ level: 'warn', span_id: failed?.spanId });
  });

  it('has the newest event for a parent, and says how many states nobody needed to push', async () => {
    pipeline.xsoar.latency({ default: 300 });
    pipeline.opencti.append(createDomain('busy.example', 10));
    await until('it is being pushed', () => pipeline.xsoar.stats().inFlight > 0);
    let last: string | null = null;
    for (const score of [20, 30, 40]) {
      last = pipeline.opencti.append(updateDomain('busy.example', score));
    }
    const [, delivery] = await traceOf(last);
    pipeline.xsoar.latency({ default: 0 });
    expect(delivery).toMatchObject({
      name: 'delivery',
      attributes: { 'xsoar_intel.event.id': last, 'xsoar_intel.coalesced': 2 },
    });
  });

  it('links a look-up that serves several deliveries to all of them, and shows it in each trace', async () => {
    // What comes together mostly asks together, but a busy machine may pull it apart: again, then.
    let round = 0;
    let spans: Awaited<ReturnType<typeof traceOf>> = [];
    const shared = await until('a look-up was joined', async () => {
      round += 1;
      const ids = Array.from({ length: 10 }, (_, index) =>
        pipeline.opencti.append(createDomain(`n${index}.joined-${round}.example`)),
      );
      spans = (await Promise.all(ids.map(traceOf))).flat();
      return spans.find(({ kind, links }) => kind === CLIENT && links.length > 0);
    });
    expect(shared.name).toBe('POST /indicators/search');
    expect(shared.attributes['xsoar_intel.deliveries']).toBe(shared.links.length + 1);
    for (const { traceId, spanId } of shared.links) {
      const trace = spans.filter((span) => span.traceId === traceId);
      expect(trace.find((span) => span.spanId === spanId)?.name).toBe('delivery');
      const joined = trace.find((span) => span.name === 'POST /indicators/search (joined)');
      expect(joined).toMatchObject({
        kind: INTERNAL,
        parentSpanId: spanId,
        links: [{ traceId: shared.traceId, spanId: shared.spanId }],
      });
    }
  });

  it('sends its headers to the collector, hands over the last spans at the end, and has no secret anywhere', async () => {
    const before = collector.spans.length;
    pipeline.opencti.append(createDomain('last.example'));
    await inXsoar(pipeline, 'last.example');
    expect(await Promise.all([ingest.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
    const late = collector.spans.slice(before).map(({ name }) => name);
    expect(late).toEqual(expect.arrayContaining(['stream event', 'delivery']));

    expect(collector.headers.length).toBeGreaterThan(0);
    expect(new Set(collector.headers.map((one) => one['x-collector-key']))).toEqual(
      new Set([HEADER_SECRET]),
    );
    const logs = [...ingest.logs(), ...worker.logs()].map((line) => JSON.stringify(line)).join();
    const secrets = [HEADER_SECRET, pipeline.xsoar.key, pipeline.opencti.token];
    expect(logs).toContain(collector.url);
    for (const secret of secrets) {
      expect(collector.sent()).not.toContain(secret);
      expect(logs).not.toContain(secret);
    }
  });
});

describe.concurrent('with a collector that is no good', () => {
  it('tells it once, delivers all the same, and tells when spans are taken again', async () => {
    const [pipeline, collector] = await Promise.all([startPipeline(), startFakeCollector()]);
    try {
      collector.behave('refuse');
      const { worker } = await startBoth(pipeline, {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      });
      const told = (msg: RegExp) => worker.logs().filter((line) => msg.test(String(line.msg)));
      for (let at = 0; at < 2; at += 1) {
        const requests = collector.headers.length;
        pipeline.opencti.append(createDomain(`refused-${at}.example`));
        await inXsoar(pipeline, `refused-${at}.example`);
        // Both processes had something to say.
        await until('it was refused', () => collector.headers.length >= requests + 2);
      }
      await until('it is told', () => told(/does not take spans/).length > 0);
      expect(told(/does not take spans/)).toMatchObject([{ level: 'warn' }]);
      collector.behave('take');
      pipeline.opencti.append(createDomain('taken.example'));
      await until('it is well', () => told(/takes spans again/).length > 0);
      expect(told(/takes spans again/)).toMatchObject([
        { level: 'info', lost: expect.any(Number) },
      ]);

      // One that never answers is no hindrance either, nor at the end.
      collector.behave('hang');
      pipeline.opencti.append(createDomain('hanging.example'));
      await inXsoar(pipeline, 'hanging.example');
      await pipeline.quiet();
      const began = performance.now();
      expect(await worker.end('SIGTERM')).toBe(0);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(told(/did not reach the OpenTelemetry collector in time/)).toHaveLength(1);
    } finally {
      await Promise.all([pipeline.close(), collector.close()]);
    }
  });
});

describe.concurrent('without a collector', () => {
  it('loads nothing of OpenTelemetry and keeps nothing of it in Redis; with one it does', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-modules-'));
    const recorder = new URL('../support/record-modules.mjs', import.meta.url);
    const [pipeline, collector] = await Promise.all([startPipeline(), startFakeCollector()]);
    try {
      const record = (name: string, more: Record<string, string> = {}) => ({
        NODE_OPTIONS: `--import=${fileURLToPath(recorder)}`,
        RECORD_MODULES: join(directory, name),
        // Without the address of a collector the rest is of no effect.
        OTEL_TRACES_SAMPLER: 'always_on',
        ...more,
      });
      const loaded = (name: string) => readFileSync(join(directory, name), 'utf8').split('\n');
      // prom-client loads OpenTelemetry's API, which does nothing by itself; the rest is ours.
      const ofTelemetry = (name: string) =>
        loaded(name).filter((url) => /@opentelemetry\/(?!api\/)|open-telemetry/.test(url));

      const ingest = await pipeline.ingest(record('ingest'));
      await until('the stream is read', () => pipeline.opencti.stats().connectionsOpened > 0);
      pipeline.opencti.append(createDomain('plain.example'));
      const slot = await until('it is in its slot', async () => {
        const fields = await pipeline.client.hkeys(pipeline.keys.slot(entityIdOf('plain.example')));
        return fields.length > 0 ? fields : null;
      });
      expect(slot.sort()).toEqual(['op', 'p', 'v']);
      const worker = await pipeline.worker(record('worker'));
      await inXsoar(pipeline, 'plain.example');
      await Promise.all([ingest.end('SIGTERM'), worker.end('SIGTERM')]);
      expect(loaded('worker').some((url) => url.includes('bullmq'))).toBe(true);
      expect([ofTelemetry('ingest'), ofTelemetry('worker')]).toEqual([[], []]);

      const traced = await pipeline.worker(
        record('traced', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
      );
      await until('it is ready', () => traced.logs().some(({ msg }) => msg === 'Redis is there'));
      await until('OpenTelemetry is loaded', () => ofTelemetry('traced').length > 0);
    } finally {
      await Promise.all([pipeline.close(), collector.close()]);
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
