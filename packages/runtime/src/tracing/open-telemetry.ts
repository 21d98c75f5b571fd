/** Tracing by OpenTelemetry's SDK. Imported only where tracing is on: see start-tracing.ts. */
import { hostname } from 'node:os';
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createOutbox, MAX_WAITING } from './outbox.ts';
import type { TracingOptions } from './start-tracing.ts';
import type { SpanStart, TraceSpan, Tracing } from './tracing.ts';

/** Spans in one request to the collector: a few ms of work to write them as JSON. */
const BATCH = 256;
/** Longest that a span waits for others, ms. */
const WAIT_MS = 1_000;
/** Longest time for one request to the collector and its repetitions, ms. */
const EXPORT_MS = 10_000;

const KINDS = {
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** Starts the SDK; nothing of it is registered globally. */
export function openTelemetry(options: TracingOptions): Tracing {
  const { logger } = options;
  const outbox = createOutbox(
    new OTLPTraceExporter({
      url: `${options.endpoint}/v1/traces`,
      headers: { ...options.headers },
      timeoutMillis: EXPORT_MS,
    }),
    {
      onFailing: (reason) =>
        logger.warn(
          { reason },
          'the OpenTelemetry collector does not take spans; they are dropped until it does, and deliveries go on',
        ),
      onWell: (lost) => logger.info({ lost }, 'the OpenTelemetry collector takes spans again'),
    },
  );
  const processor = new BatchSpanProcessor({
    exporter: outbox.exporter,
    maxQueueSize: MAX_WAITING,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: WAIT_MS,
    exportTimeoutMillis: EXPORT_MS + 1_000,
  });
  const provider = new TracerProvider({
    // What OTEL_RESOURCE_ATTRIBUTES says, as people set it by a Kubernetes operator, and then ours.
    resource: detectResources({ detectors: [resourceAttributesEnvDetector] }).merge(
      resourceFromAttributes({
        'service.name': options.serviceName,
        'service.version': options.version,
        'service.instance.id': `${hostname()}:${process.pid}`,
      }),
    ),
    sampler: samplerOf(options.sampler, options.ratio),
    spanProcessors: [outbox.around(processor)],
  });
  const tracer = provider.getTracer('xsoar-intel', options.version);
  const now = (): number => performance.timeOrigin + performance.now();

  return {
    now,
    start(name, { kind, parent, links, startedAt }: SpanStart): TraceSpan | null {
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          startTime: startedAt ?? now(),
          ...(links === undefined ? {} : { links: links.flatMap(linkTo) }),
        },
        parent === undefined ? ROOT_CONTEXT : contextOf(parent),
      );
      if (!span.isRecording()) return null;
      const { traceId, spanId } = span.spanContext();
      return {
        context: `00-${traceId}-${spanId}-01`,
        ids: { trace_id: traceId, span_id: spanId },
        end(attributes, failed) {
          span.setAttributes(attributes);
          if (failed !== undefined) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: failed });
          }
          span.end(now());
        },
      };
    },
    async stop() {
      const late = Symbol('late');
      const timer = new Promise<typeof late>((resolve) => {
        setTimeout(resolve, options.flushMs, late).unref();
      });
      // What could not be handed over was told by the outbox.
      const flushed = provider.shutdown().catch(() => {});
      if ((await Promise.race([flushed, timer])) === late) {
        logger.warn('the last spans did not reach the OpenTelemetry collector in time');
      }
    },
  };
}

/** The samplers of OTEL_TRACES_SAMPLER by their names in OpenTelemetry's specification. */
function samplerOf(name: TracingOptions['sampler'], ratio: number): Sampler {
  const plain = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  } as const;
  switch (name) {
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: plain.always_on() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: plain.always_off() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: plain.traceidratio() });
    default:
      return plain[name]();
  }
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span that a `traceparent` names; null for any other text. */
function spanContextOf(traceparent: string): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '', 16) & 1, isRemote: true };
}

function contextOf(traceparent: string): Context {
  const span = spanContextOf(traceparent);
  return span === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
}

function linkTo(traceparent: string): Link[] {
  const context = spanContextOf(traceparent);
  return context === null ? [] : [{ context }];
}
