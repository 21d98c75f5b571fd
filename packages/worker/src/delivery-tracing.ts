/**
 * The spans of a worker: `delivery` for each push of a state, below the stream event that brought
 * it, and below that one span for each HTTP request to XSOAR.
 *
 * A push is known by its signal, which goes with every call that it makes. A request that serves
 * several pushes (look-ups and deletes in bulk) is the span of one of them, linked to the others;
 * these get a span of their own that is linked to it, so that every trace is whole.
 */
import { type Begun, DELIVERY_QUEUE, UNTRACED } from '@xsoar-intel/pipeline';
import type { TraceAttributes, TraceIds, TraceSpan, Tracing } from '@xsoar-intel/runtime';
import type { RequestInfo } from '@xsoar-intel/xsoar';
import type { DeliveryResult } from './deliver.ts';

type Leased = Extract<Begun, { kind: 'leased' }>;

/** What is known of a push when it begins. */
export interface TracedPush {
  entityId: string;
  jobId: string;
  leased: Leased;
  /** States that the same job has pushed already, of those that `leased` counts as obsolete. */
  pushed: number;
}

/** A push that is recorded. */
export interface PushTrace {
  /** For log lines. */
  readonly ids: TraceIds;
  end(result: DeliveryResult): void;
  /** Redis refused a step of it, so that nobody knows its result. */
  broke(): void;
}

/** Follows pushes and their requests. */
export interface DeliveryTracing {
  /** Null where the trace of the state is not recorded. `signal`: goes with all that the push does. */
  begin(push: TracedPush, signal: AbortSignal): PushTrace | null;
  /** See `IndicatorWriterOptions`. */
  joined(askers: readonly AbortSignal[]): AbortSignal | undefined;
  /** See `XsoarOptions.onRequest`. */
  requested(info: RequestInfo): void;
}

/** Makes spans of deliveries. */
export function traceDeliveries(tracing: Tracing): DeliveryTracing {
  const pushes = new WeakMap<AbortSignal, readonly TraceSpan[]>();

  return {
    begin(push, signal) {
      const { trace } = push.leased;
      if (trace === UNTRACED) return null;
      const span = tracing.start('delivery', {
        kind: 'consumer',
        ...(trace === null ? {} : { parent: trace }),
      });
      if (span === null) return null;
      pushes.set(signal, [span]);
      return {
        ids: span.ids,
        end(result) {
          const attributes = { ...attributesOf(push), ...attributesOfResult(result) };
          span.end(attributes, result.kind === 'failed' ? result.error.message : undefined);
        },
        broke() {
          span.end({ ...attributesOf(push), 'error.type': 'redis' }, 'Redis refused a step');
        },
      };
    },

    joined(askers) {
      const spans = askers.flatMap((asker) => pushes.get(asker) ?? []);
      if (spans.length === 0) return undefined;
      const { signal } = new AbortController();
      pushes.set(signal, spans);
      return signal;
    },

    requested(info) {
      const [first, ...others] = (info.signal && pushes.get(info.signal)) ?? [];
      if (first === undefined) return;
      const startedAt = tracing.now() - info.durationMs;
      const name = `${info.method} ${info.path}`;
      const failed = info.error === undefined ? undefined : `${info.operation}: ${info.error}`;
      const request = tracing.start(name, {
        kind: 'client',
        parent: first.context,
        startedAt,
        links: others.map(({ context }) => context),
      });
      if (request === null) return;
      for (const { context } of others) {
        const share = { parent: context, startedAt, links: [request.context] };
        tracing
          .start(`${name} (joined)`, { kind: 'internal', ...share })
          ?.end({ 'xsoar_intel.operation': info.operation }, failed);
      }
      request.end(attributesOfRequest(info, others.length + 1), failed);
    },
  };
}

/** Names beginning with `messaging.`, `http.`, `url.`, `server.` and `error.` are OpenTelemetry's. */
function attributesOf({ entityId, jobId, leased, pushed }: TracedPush): TraceAttributes {
  return {
    'messaging.system': 'bullmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': DELIVERY_QUEUE,
    'messaging.message.id': jobId,
    'xsoar_intel.entity.id': entityId,
    'xsoar_intel.event.id': leased.version,
    'xsoar_intel.operation': leased.operation,
    'xsoar_intel.attempt': leased.failures + 1,
    'xsoar_intel.coalesced': Math.max(leased.obsolete - pushed, 0),
    ...(leased.force ? { 'xsoar_intel.forced': true } : {}),
    ...(leased.probes.length > 0 ? { 'xsoar_intel.probe': leased.probes.join(', ') } : {}),
  };
}

function attributesOfResult(result: DeliveryResult): TraceAttributes {
  switch (result.kind) {
    case 'delivered':
      return {
        'xsoar_intel.outcome': result.provisional ? 'provisional' : 'delivered',
        'xsoar_intel.actions': result.actions.join(', '),
        ...(result.skip === null ? {} : { 'xsoar_intel.skipped': result.skip.reason }),
      };
    case 'failed': {
      const { outcome } = result;
      const reason = outcome.kind === 'hold' ? outcome.hold : outcome.reason;
      return { 'xsoar_intel.outcome': outcome.kind, 'error.type': reason };
    }
    default:
      return { 'xsoar_intel.outcome': result.kind };
  }
}

function attributesOfRequest(info: RequestInfo, deliveries: number): TraceAttributes {
  const { protocol, hostname, port } = new URL(info.url);
  return {
    'http.request.method': info.method,
    'url.full': info.url,
    'url.template': info.path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    'xsoar_intel.operation': info.operation,
    'xsoar_intel.deliveries': deliveries,
    ...(info.status === null ? {} : { 'http.response.status_code': info.status }),
    ...(info.again ? { 'http.request.resend_count': 1 } : {}),
    ...(info.error === undefined
      ? {}
      : { 'error.type': info.status === null ? info.error : String(info.status) }),
  };
}
