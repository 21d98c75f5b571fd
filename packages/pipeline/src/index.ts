export * from './event/newest.ts';
export * from './event/payload.ts';
export * from './event/position.ts';
export * from './event/relevance.ts';
export * from './filter/index.ts';
export * from './mapping/index.ts';
export * from './outcome/backoff.ts';
export * from './outcome/classify.ts';
export * from './outcome/outcome.ts';
export * from './queue/author-names.ts';
export * from './queue/binding-scan.ts';
export * from './queue/connection.ts';
export * from './queue/connection-error.ts';
export * from './queue/counters.ts';
export * from './queue/cursor.ts';
export * from './queue/dead-letter-bounds.ts';
export * from './queue/dead-letter-trim.ts';
export * from './queue/dead-letters.ts';
export * from './queue/debounce.ts';
export * from './queue/delete-guard.ts';
export * from './queue/delivery-queue.ts';
export * from './queue/deployments.ts';
export * from './queue/discard.ts';
export * from './queue/hold.ts';
export * from './queue/keys.ts';
export * from './queue/leader.ts';
export * from './queue/operator-log.ts';
export * from './queue/rates.ts';
export * from './queue/rejected.ts';
export * from './queue/restate.ts';
export * from './queue/slots.ts';
export * from './queue/snapshot.ts';
export * from './queue/stream-status.ts';
export * from './queue/sweeper.ts';
export * from './queue/tenant-answers.ts';
export {
  type OwnedRecord,
  readOwnedRecords,
  type ValueRecord,
  type ValueResult,
  type Wanted,
} from './queue/value-record.ts';
export type { Operation, Version } from './queue/version.ts';
export * from './queue/worker-signs.ts';
export * from './reconcile/index.ts';
export * from './status/advice.ts';
export * from './status/dead-letter-groups.ts';
export * from './status/failure.ts';
export * from './status/pace.ts';
export * from './status/read-status.ts';
export * from './status/retrying.ts';
export * from './status/status.ts';
export * from './status/verdict.ts';
export * as words from './status/words.ts';
