import type { Scenario } from '../harness/scenario.ts';
import { backlog } from './backlog.ts';
import { cost } from './cost.ts';
import { hotEntities } from './hot-entities.ts';
import { ingestAlone } from './ingest-alone.ts';
import { latencyBound } from './latency-bound.ts';
import { limit } from './limit.ts';
import { liveLatency } from './live-latency.ts';
import { mappingAlone } from './mapping-alone.ts';
import { queueLimit } from './queue-limit.ts';
import { startUp } from './start-up.ts';
import { throughput } from './throughput.ts';
import { tracing } from './tracing.ts';

/** Every scenario, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  limit,
  queueLimit,
  throughput,
  latencyBound,
  liveLatency,
  backlog,
  hotEntities,
  ingestAlone,
  mappingAlone,
  cost,
  startUp,
  tracing,
];
