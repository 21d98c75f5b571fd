export { type DeliveryParts, type DeliveryResult, deliver } from './deliver.ts';
export { createWorkerMetrics, type WorkerMetrics } from './metrics.ts';
export { DELETE_REASON } from './push.ts';
export { startWorker, type Worker, type WorkerSettings } from './worker.ts';
