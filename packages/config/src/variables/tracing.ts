import { choice, identifier, proportion } from '../types/basic.ts';
import { otlpHeaders } from '../types/secrets.ts';
import { collectorUrl } from '../types/urls.ts';
import { define } from './define.ts';

const traced = ['ingest', 'worker'] as const;

/** Traces from stream event to XSOAR; names and meanings are OpenTelemetry's. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: define({
    group: 'Tracing',
    path: 'tracing.endpoint',
    type: collectorUrl,
    default: null,
    description:
      'Base URL of an OpenTelemetry collector that takes OTLP over HTTP with JSON; spans are posted to `/v1/traces` below it. Not set: no tracing, and nothing of it is loaded. More in `docs/tracing.md`.',
    example: 'http://otel-collector:4318',
    roles: traced,
  }),
  OTEL_EXPORTER_OTLP_HEADERS: define({
    group: 'Tracing',
    path: 'tracing.headers',
    type: otlpHeaders,
    default: '',
    description: 'Headers for the collector, such as its key.',
    example: 'authorization=Bearer%20abc',
    secret: true,
    roles: traced,
  }),
  OTEL_SERVICE_NAME: define({
    group: 'Tracing',
    path: 'tracing.service_name',
    type: identifier,
    default: null,
    description:
      'Name of the process in traces. Not set: `xsoar-intel-ingest` and `xsoar-intel-worker`.',
    example: 'xsoar-intel-worker-eu',
    roles: traced,
  }),
  OTEL_TRACES_SAMPLER: define({
    group: 'Tracing',
    path: 'tracing.sampler',
    type: choice([
      'parentbased_always_on',
      'parentbased_traceidratio',
      'parentbased_always_off',
      'always_on',
      'traceidratio',
      'always_off',
    ]),
    default: 'parentbased_always_on',
    description:
      'Which traces are recorded. The ingest decides for each event, and workers follow it; they decide themselves for what no event began, such as a resync.',
    roles: traced,
  }),
  OTEL_TRACES_SAMPLER_ARG: define({
    group: 'Tracing',
    path: 'tracing.sampler_arg',
    type: proportion,
    default: '1',
    description: 'Share of the traces that the samplers named `traceidratio` record.',
    example: '0.01',
    roles: traced,
  }),
};
