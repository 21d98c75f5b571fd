import { UNTRACED } from '@xsoar-intel/pipeline';
import type { RequestInfo } from '@xsoar-intel/xsoar';
import { expect, it } from 'vitest';
import type { DeliveryResult } from './deliver.ts';
import { type TracedPush, traceDeliveries } from './delivery-tracing.ts';
import { recordSpans } from './testing/recorded-spans.ts';

const push = (more: Partial<TracedPush['leased']> = {}, pushed = 0): TracedPush => ({
  entityId: 'entity',
  jobId: '7',
  pushed,
  leased: {
    ...{ kind: 'leased', version: '5-0', operation: 'upsert', payload: '{"secret":1}' },
    ...{ force: false, provisional: false, late: false, known: false, boundValues: [] },
    ...{ probes: [], failures: 0, tookOver: false, trace: 'event', obsolete: 0 },
    ...more,
  },
});
const request = (
  signal: AbortSignal | undefined,
  more: Partial<RequestInfo> = {},
): RequestInfo => ({
  ...{ operation: 'search', method: 'POST', path: '/indicators/search', again: false, signal },
  ...{ url: 'https://x.example/base/indicators/search', status: 200, durationMs: 30 },
  ...more,
});
const failed: DeliveryResult = {
  kind: 'failed',
  operation: 'upsert',
  version: '5-0',
  outcome: { kind: 'retry', reason: 'timeout', outage: true, afterMs: null },
  error: new Error('create: no answer'),
  row: 0,
  failures: 3,
  request: '{"secret":1}',
};
const signal = (): AbortSignal => new AbortController().signal;

it('makes a delivery the child of the event that brought its state', () => {
  const { tracing, spans } = recordSpans();
  const trace = traceDeliveries(tracing).begin(push({ failures: 2, obsolete: 4 }, 1), signal());
  trace?.end(failed);
  expect(trace?.ids.span_id).toBe('span-1');
  expect(spans).toMatchObject([
    {
      name: 'delivery',
      parent: 'event',
      failed: 'create: no answer',
      attributes: {
        'xsoar_intel.attempt': 3,
        'xsoar_intel.coalesced': 3,
        'xsoar_intel.outcome': 'retry',
        'error.type': 'timeout',
      },
    },
  ]);
  expect(JSON.stringify(spans)).not.toContain('secret');
});

it('follows the decision of the event, and begins a trace where there was no event', () => {
  const { tracing, spans } = recordSpans();
  const deliveries = traceDeliveries(tracing);
  expect(deliveries.begin(push({ trace: UNTRACED }), signal())).toBeNull();
  expect(spans).toEqual([]);
  deliveries.begin(push({ trace: null }), signal());
  expect(spans[0]).not.toHaveProperty('parent');
});

it('puts a request below the push whose signal it carries, when it began', () => {
  const { tracing, spans } = recordSpans();
  const deliveries = traceDeliveries(tracing);
  const ours = signal();
  deliveries.begin(push(), ours);
  deliveries.requested(request(ours, { status: null, error: 'timeout', again: true }));
  deliveries.requested(request(signal()));
  deliveries.requested(request(undefined));
  expect(spans.slice(1)).toMatchObject([
    {
      name: 'POST /indicators/search',
      kind: 'client',
      parent: 'span-1',
      startedAt: 970,
      failed: 'search: timeout',
      attributes: {
        'server.address': 'x.example',
        'server.port': 443,
        'error.type': 'timeout',
        'http.request.resend_count': 1,
      },
    },
  ]);
  expect(spans[1]?.attributes).not.toHaveProperty('http.response.status_code');
});

it('gives a request of several pushes to the first that is recorded, and the others a share of it', () => {
  const { tracing, spans } = recordSpans();
  const deliveries = traceDeliveries(tracing);
  const [unrecorded, first, second] = [signal(), signal(), signal()];
  deliveries.begin(push({ trace: UNTRACED }), unrecorded);
  deliveries.begin(push(), first);
  deliveries.begin(push({ trace: 'other' }), second);
  deliveries.requested(request(deliveries.joined([unrecorded, first, second])));
  expect(spans.slice(2)).toMatchObject([
    { kind: 'client', parent: 'span-1', links: ['span-2'] },
    { kind: 'internal', parent: 'span-2', links: ['span-3'] },
  ]);
  expect(deliveries.joined([unrecorded, signal()])).toBeUndefined();
});
