/** A reconciliation over the clients of the configuration. */
import type { ConfigOf } from '@xsoar-intel/config';
import { createOpenctiApi } from '@xsoar-intel/opencti';
import {
  createAuthorNames,
  type DeliveryQueue,
  type Keys,
  type ReconcileParts,
  type Redis,
} from '@xsoar-intel/pipeline';
import { createXsoarClient } from '@xsoar-intel/xsoar';
import { ingestSettings, workerSettings } from '../settings.ts';
import { userAgent } from '../version.ts';

/** What is compared needs both ends. */
export type ReconcileConfig = ConfigOf<'ingest' | 'worker' | 'operator'>;

/** Where deliveries are. */
export interface Place {
  redis: Redis;
  keys: Keys;
  queue: DeliveryQueue;
}

/** Requests to XSOAR at a time: what it has besides is for deliveries. */
const CONNECTIONS = 2;

/** What a reconciliation works with, from the configuration; the rest is the caller's. */
export type ConfiguredParts = Omit<
  ReconcileParts,
  'allowDeletes' | 'fence' | 'signal' | 'onProgress' | 'onWait' | 'onStart' | 'onRetry'
>;

/** Opens both clients. */
export function openReconcileParts(
  config: ReconcileConfig,
  { redis, keys, queue }: Place,
): { parts: ConfiguredParts; close(): Promise<void> } {
  const { opencti, stream } = ingestSettings(config);
  const worker = workerSettings(config);
  const { ca, ...platform } = opencti;
  const access = { ...platform, ...(ca === null ? {} : { ca }) };
  const api = createOpenctiApi(access);
  const xsoar = createXsoarClient({ ...worker.xsoar, connections: CONNECTIONS });
  const { noDependencies, withInferences, silenceMs, maxEventBytes } = stream;
  const { removal } = worker;
  const parts: ConfiguredParts = {
    ...{ redis, keys, queue, xsoar },
    names: createAuthorNames(redis, keys),
    opencti: api,
    map: worker.map,
    stream: {
      ...access,
      streamId: stream.id,
      ...{ noDependencies, withInferences, silenceMs, maxEventBytes, userAgent },
    },
    source: config.mapping.source,
    removes: removal.mode === 'delete',
    removalTags: removal.mode === 'tag' ? [removal.tag] : [],
    followsDeletes: stream.listenDelete,
    // A duration counts from the first start, and nobody has kept when that was.
    startAt: stream.first.startAt?.kind === 'at' ? stream.first.startAt.ms : null,
    settleMs: config.reconcile.settleMs,
    maxDeleteShare: config.reconcile.maxDeleteShare,
    now: Date.now,
  };
  return {
    parts,
    async close() {
      await Promise.all([api.close(), xsoar.close()]);
    },
  };
}
