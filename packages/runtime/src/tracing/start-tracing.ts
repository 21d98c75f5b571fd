import type { Logger } from '../logger.ts';
import type { Tracing } from './tracing.ts';

/** How spans are made and where they go. */
export interface TracingOptions {
  /** Base URL of an OTLP collector (http/json), without a slash at its end. */
  endpoint: string;
  /** Request headers, secrets among them. */
  headers: Readonly<Record<string, string>>;
  serviceName: string;
  version: string;
  sampler: TraceSampler;
  /** For the samplers that take a share of the traces, 0 to 1. */
  ratio: number;
  /** Longest time to hand over the last spans, ms. */
  flushMs: number;
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** Names that `OTEL_TRACES_SAMPLER` may have in OpenTelemetry's specification. */
export type TraceSampler =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** Loads OpenTelemetry, which costs memory and start-up time: not to be called where tracing is off. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(options);
}
