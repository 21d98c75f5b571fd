export type { WaterMarks } from './backpressure.ts';
export { type Ingest, type IngestSettings, startIngest } from './ingest.ts';
export { createIngestMetrics, type IngestMetrics } from './metrics.ts';
export { type FirstStart, startPosition } from './start-position.ts';
