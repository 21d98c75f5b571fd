import type { SpanStart, TraceAttributes, Tracing } from '@xsoar-intel/runtime';

/** A span that was begun; `attributes` once it has ended. */
export interface RecordedSpan extends SpanStart {
  name: string;
  context: string;
  attributes?: TraceAttributes;
  failed?: string | undefined;
}

/** Tracing that keeps its spans. Their contexts are `span-1`, `span-2` and so on. */
export function recordSpans(): { tracing: Tracing; spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const tracing: Tracing = {
    now: () => 1_000,
    start(name, options) {
      const context = `span-${spans.length + 1}`;
      const span: RecordedSpan = { name, context, ...options };
      spans.push(span);
      return {
        context,
        ids: { trace_id: 'trace', span_id: context },
        end(attributes, failed) {
          span.attributes = attributes;
          span.failed = failed;
        },
      };
    },
    stop: async () => {},
  };
  return { tracing, spans };
}
