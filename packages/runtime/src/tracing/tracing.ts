/**
 * What programs need of tracing, and no more: spans that know their parent by a text.
 * That text is the W3C `traceparent` (version 00), so that a parent may be in another process.
 *
 * Tracing that is off is `null`, and costs nothing; a span of a trace that nobody records is
 * `null` too, so that attributes are only made where somebody will see them.
 */

/** What a span says of its work. */
export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/** Names a span in a log line. */
export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}

/** How a span begins. */
export interface SpanStart {
  /** Of OpenTelemetry's kinds: takes a message, sends a request, or neither. */
  kind: 'consumer' | 'client' | 'internal';
  /** `traceparent` of the span that this one belongs to; without it a trace begins. */
  parent?: string;
  /** `traceparent` of others that it is also about. */
  links?: readonly string[];
  /** By `now()`; not set: now. */
  startedAt?: number;
}

/** A recorded piece of work. */
export interface TraceSpan {
  /** Its `traceparent`, for what comes after it. */
  readonly context: string;
  readonly ids: TraceIds;
  /** Ends it; `failed`: in a word why it failed. What comes after is without effect. */
  end(attributes: TraceAttributes, failed?: string): void;
}

/** Records spans and hands them to a collector, without ever delaying or failing what is traced. */
export interface Tracing {
  /** The clock of spans, ms since 1970 with fractions. */
  now(): number;
  /** Begins a span; null where its trace is not recorded. */
  start(name: string, options: SpanStart): TraceSpan | null;
  /** Hands over what is left, for a bounded time. Never rejects. */
  stop(): Promise<void>;
}
