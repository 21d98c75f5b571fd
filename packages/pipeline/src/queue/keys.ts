/**
 * Every Redis key of one connector. All share one hash tag, so that Redis
 * Cluster keeps them in one slot and a Lua script may touch several of them.
 */
export interface Keys {
  /** Prefix of everything, hash tag included; also BullMQ's prefix. */
  readonly prefix: string;
  /** Sorted set: unsettled entities by the time (ms) their oldest undelivered state came. */
  readonly pending: string;
  /** Sorted set: entities whose delivery failed for good, by the time (ms) it did. */
  readonly dead: string;
  /** String: see cursor.ts. */
  readonly cursor: string;
  /** String: set once the state that another connector left in OpenCTI was looked at. */
  readonly takenOver: string;
  /** String: newest live event seen, see ingest's gap.ts. */
  readonly newest: string;
  /** String that expires: see stream-status.ts. */
  readonly streamStatus: string;
  /** String that expires: id of the stream and its name in OpenCTI. */
  readonly streamName: string;
  /** String: see tenant-answers.ts. */
  readonly tenantAnswers: string;
  /** Hash: kind of hold → what is known of it (JSON), see hold.ts. */
  readonly holds: string;
  /** Hash: outage failures in a row, of all workers: `n` how many, `e` whose the first was, `o` others' too. */
  readonly failures: string;
  /** Stream: input that was set aside, see rejected.ts. */
  readonly rejected: string;
  /** Stream: what operators did, see operator-log.ts. */
  readonly operatorLog: string;
  /** Hash: STIX id of an author → name, see author-names.ts. */
  readonly authors: string;
  /** Sorted set: such authors by when (ms) the name was learnt last. */
  readonly authorsLearnt: string;
  /** Sorted set: authors whose name is not known, by when (ms) to look it up. */
  readonly authorsWanted: string;
  /** Sorted set, by name: `<author> <entity>` for each entity that went without the name. */
  readonly authorsAwaited: string;
  /** Hash: entity that awaits a name → its version and payload. */
  readonly authorsPayloads: string;
  /** Hash: name of a worker process → its last sign of life (JSON), see worker-signs.ts. */
  readonly workers: string;
  /** Hash: the same of each ingest, whether it reads or stands by. */
  readonly ingests: string;
  /** Hash: entity with values → version, why a part was skipped, keys of its values; see binding-scan.ts. */
  readonly bindings: string;
  /** Hash: value key → what is known of it, see value-record.ts. */
  readonly values: string;
  /** Sorted set: values that nobody wants any more and that stayed in XSOAR, by when (ms) to forget them. */
  readonly left: string;
  /** Sorted set: entities by when (ms) it was first noted what became of them, see deployments.ts. */
  readonly deployments: string;
  /** Hash: such an entity → version and what became of it. */
  readonly deploymentReports: string;
  /** String that expires: OpenCTI does not take such reports. */
  readonly deploymentsOff: string;
  /** Sorted set that expires: entities whose deletes began within the window of the guard, see delete-guard.ts. */
  readonly deletes: string;
  /** String: until when (ms) states came whose deletes are wanted, since somebody resumed. */
  readonly deletesWanted: string;
  /** String: the run of `reconcile` that is under way or was stopped, see reconcile/run-store.ts. */
  readonly reconcile: string;
  /** String: report of the last whole run, without its findings. */
  readonly reconcileLast: string;
  /** List that expires, of one run: `suspects`, `candidates`, `repairs` or `findings`. */
  reconcileList(runId: string, name: string): string;
  /** Set that expires, of one run: see reconcile/seen.ts. */
  reconcileSeen(runId: string, bucket: number): string;
  slot(entityId: string): string;
  /** Hash that expires: what was applied of an entity that has no values. */
  tombstone(entityId: string): string;
  /** Leadership of one role: `ingest` or `sweeper`. */
  leader(role: string): string;
}

/** Name of the BullMQ queue of deliveries. */
export const DELIVERY_QUEUE = 'delivery';

/** The keys of the connector with this id. */
export function keysOf(connectorId: string): Keys {
  const prefix = `{xsoar-intel:${connectorId}}`;
  const key = (name: string): string => `${prefix}:${name}`;
  return {
    prefix,
    pending: key('pending'),
    dead: key('dead'),
    cursor: key('cursor'),
    takenOver: key('taken-over'),
    newest: key('newest'),
    streamStatus: key('stream-status'),
    streamName: key('stream-name'),
    tenantAnswers: key('tenant-answers'),
    holds: key('holds'),
    failures: key('failure-row'),
    rejected: key('rejected'),
    operatorLog: key('operator-log'),
    authors: key('authors'),
    authorsLearnt: key('authors-learnt'),
    authorsWanted: key('authors-wanted'),
    authorsAwaited: key('authors-awaited'),
    authorsPayloads: key('authors-payloads'),
    workers: key('worker-signs'),
    ingests: key('ingest-signs'),
    bindings: key('bindings'),
    values: key('values'),
    left: key('left'),
    deletes: key('deletes'),
    deletesWanted: key('deletes-wanted'),
    deployments: key('deployments'),
    deploymentReports: key('deployment-reports'),
    deploymentsOff: key('deployments-off'),
    reconcile: key('reconcile'),
    reconcileLast: key('reconcile-last'),
    reconcileList: (runId, name) => key(`reconcile:${runId}:${name}`),
    reconcileSeen: (runId, bucket) => key(`reconcile:${runId}:seen:${bucket}`),
    slot: (entityId) => key(`slot:${entityId}`),
    tombstone: (entityId) => key(`tombstone:${entityId}`),
    leader: (role) => key(`leader:${role}`),
  };
}
