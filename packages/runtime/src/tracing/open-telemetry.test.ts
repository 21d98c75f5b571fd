import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startTracing, type TracingOptions } from './start-tracing.ts';

interface Sent {
  name: string;
  parentSpanId?: string;
  traceId: string;
  links?: { spanId: string }[];
  status: { code: number; message?: string };
}

/** Tracing to a collector that keeps the spans. */
async function make(options: Partial<TracingOptions> = {}) {
  const spans: Sent[] = [];
  const resources: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
        for (const { key, value } of resource.attributes) {
          resources.push(`${key}=${value.stringValue}`);
        }
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const warnings: unknown[] = [];
  const tracing = await startTracing({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {},
    serviceName: 'tested',
    version: '1.2.3',
    sampler: 'parentbased_always_on',
    ratio: 1,
    flushMs: 5_000,
    logger: { info: () => {}, warn: (...line: unknown[]) => void warnings.push(line) },
    ...options,
  });
  return { tracing, spans, resources, warnings };
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const recorded = `00-${TRACE}-b7ad6b7169203331-01`;
const unrecorded = `00-${TRACE}-b7ad6b7169203331-00`;

it('names a span so that another process can go on from it', async () => {
  const { tracing, spans, resources } = await make();
  const first = tracing.start('first', { kind: 'consumer' });
  const second = tracing.start('second', {
    kind: 'client',
    parent: first?.context ?? '',
    links: [recorded, 'no traceparent'],
  });
  second?.end({ 'a.b': 1 }, 'it broke');
  first?.end({});
  await tracing.stop();
  const [sentSecond, sentFirst] = spans;
  expect(first?.context).toBe(`00-${first?.ids.trace_id}-${first?.ids.span_id}-01`);
  expect(sentFirst).toMatchObject({ name: 'first', traceId: first?.ids.trace_id });
  expect(sentSecond).toMatchObject({
    name: 'second',
    traceId: first?.ids.trace_id,
    parentSpanId: first?.ids.span_id,
    links: [{ spanId: 'b7ad6b7169203331' }],
    status: { code: 2, message: 'it broke' },
  });
  expect(resources).toEqual(
    expect.arrayContaining(['service.name=tested', 'service.version=1.2.3']),
  );
});

it.each([
  ['always_on', true, true, true],
  ['always_off', false, false, false],
  ['traceidratio', false, false, false],
  ['parentbased_always_on', true, true, false],
  ['parentbased_always_off', false, true, false],
  ['parentbased_traceidratio', false, true, false],
] as const)(
  '%s records: a trace that begins %s, one that is recorded %s, one that is not %s',
  async (sampler, begins, goesOn, unwanted) => {
    const { tracing } = await make({ sampler, ratio: 0 });
    const isRecorded = (parent?: string): boolean =>
      tracing.start('x', { kind: 'internal', ...(parent && { parent }) }) !== null;
    expect([isRecorded(), isRecorded(recorded), isRecorded(unrecorded)]).toEqual([
      begins,
      goesOn,
      unwanted,
    ]);
    await tracing.stop();
  },
);

it('records about the share that it is told, and the same traces everywhere', async () => {
  const { tracing } = await make({ sampler: 'parentbased_traceidratio', ratio: 0.25 });
  let count = 0;
  for (let at = 0; at < 2_000; at += 1) {
    if (tracing.start('x', { kind: 'internal' }) !== null) count += 1;
  }
  expect(count).toBeGreaterThan(400);
  expect(count).toBeLessThan(600);
  await tracing.stop();
});

it('begins a trace of its own where the parent is no traceparent', async () => {
  const { tracing } = await make();
  const span = tracing.start('x', { kind: 'internal', parent: '00-zz-b7ad-01' });
  expect(span?.ids.trace_id).toMatch(/^[0-9a-f]{32}$/);
  await tracing.stop();
});

it('gives up handing over the last spans when time is up, and says so', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { tracing, warnings } = await make({ endpoint, flushMs: 50 });
  tracing.start('x', { kind: 'internal' })?.end({});
  const began = performance.now();
  await tracing.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(warnings).toHaveLength(1);
});
