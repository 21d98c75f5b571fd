/**
 * Stands between the spans that ended and the collector: bounds how many wait, counts what is
 * lost, and tells of a collector that is away once, and once when it is back.
 *
 *   well ──a batch fails──▶ failing (told) ──a batch arrives──▶ well (told, with what was lost)
 */
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

/** What becomes of spans. */
export interface OutboxEvents {
  /** The collector does not take them. */
  onFailing(reason: string): void;
  /** It takes them again; so many were lost meanwhile. */
  onWell(lost: number): void;
}

/** Spans that wait or are under way at most; about 1 KB each. */
export const MAX_WAITING = 8_192;
const MAX_REASON = 200;
/** What the export library calls a success. */
const SUCCESS = 0;

/** The exporter and the processor to put around those of the library; both count together. */
export interface Outbox {
  exporter: SpanExporter;
  around(processor: SpanProcessor): SpanProcessor;
}

/** Wraps an exporter. */
export function createOutbox(
  exporter: SpanExporter,
  { onFailing, onWell }: OutboxEvents,
  maxWaiting: number = MAX_WAITING,
): Outbox {
  let waiting = 0;
  let lost = 0;
  let failing = false;

  function ended(count: number, error: Error | null): void {
    waiting -= count;
    if (error !== null) {
      lost += count;
      if (!failing) onFailing(reasonOf(error));
      failing = true;
      return;
    }
    if (failing) onWell(lost);
    failing = false;
    lost = 0;
  }

  return {
    exporter: {
      export(spans, callback) {
        exporter.export(spans, (result) => {
          const failed = result.code !== SUCCESS;
          ended(spans.length, failed ? (result.error ?? new Error('refused')) : null);
          callback(result);
        });
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    },
    around: (processor) => ({
      onStart: (span, context) => processor.onStart(span, context),
      onEnd(span: ReadableSpan) {
        if (waiting >= maxWaiting) {
          lost += 1;
          return;
        }
        waiting += 1;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    }),
  };
}

/** An error of a connection that tried several addresses has no message, but a code. */
function reasonOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  const words = [error.message || error.name, ...(code === undefined ? [] : [`(${String(code)})`])];
  return words.join(' ').slice(0, MAX_REASON);
}
