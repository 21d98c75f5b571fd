/** The configuration, handed to each program in the shape that it asks for. */
import type { Config, IngestConfig, WorkerConfig } from '@xsoar-intel/config';
import type { IngestSettings } from '@xsoar-intel/ingest';
import {
  compileFilter,
  type FilterOptions,
  type MappingOptions,
  mapFiltered,
  privateKeyword,
  type RedisAddress,
  xsoarNeeds,
} from '@xsoar-intel/pipeline';
import type { WorkerSettings } from '@xsoar-intel/worker';
import { userAgent, version } from './version.ts';

/** How Redis is reached. */
export function redisAddress({ redis }: Config): RedisAddress {
  return { url: redis.url.reveal(), sslVerify: redis.sslVerify, ca: redis.ca };
}

/** What an ingest needs of the configuration. */
export function ingestSettings(config: IngestConfig): IngestSettings {
  const { opencti } = config;
  return {
    redis: redisAddress(config),
    connectorId: config.connector.id,
    opencti: {
      url: opencti.url,
      token: opencti.token.reveal(),
      sslVerify: opencti.sslVerify,
      ca: opencti.ca,
      headers: opencti.headers.reveal(),
      userAgent,
    },
    connector: { name: config.connector.name, scope: config.connector.scope, version },
    reporting: config.deployment.reporting ? config.deployment.platform : null,
    stream: { ...config.stream, id: config.stream.id, eventTypes: config.filter.eventTypes },
    batchSize: config.ingest.batchSize,
    debounce: config.ingest.debounce,
    waterMarks: config.ingest.waterMarks,
    leaderTtlMs: config.ingest.leaderTtlMs,
    times: config.slots,
    attempts: config.worker.attempts,
  };
}

/** What a worker needs of the configuration. */
export function workerSettings(config: WorkerConfig): WorkerSettings {
  const { xsoar, worker, hold } = config;
  const mapping = mappingOptions(config);
  const filter = compileFilter(filterOptions(config));
  return {
    redis: redisAddress(config),
    connectorId: config.connector.id,
    version,
    consumerCount: worker.consumerCount,
    adaptive: worker.concurrency === 'adaptive',
    xsoar: {
      url: xsoar.url,
      key: xsoar.key.reveal(),
      keyType: xsoar.keyType,
      api: xsoar.api,
      sslVerify: xsoar.sslVerify,
      timeoutMs: xsoar.timeoutMs,
      userAgent,
      ...(xsoar.keyId === null ? {} : { keyId: xsoar.keyId }),
      ...(xsoar.tenant === null ? {} : { tenant: xsoar.tenant }),
      ...(xsoar.ca === null ? {} : { ca: xsoar.ca }),
    },
    map: (object, authorName) =>
      mapFiltered(object, { ...mapping, authorName: () => authorName }, filter, Date.now()),
    removal: worker.removal,
    deploymentReporting: config.deployment.reporting,
    needs: xsoarNeeds(mapping),
    times: config.slots,
    pushBudgetMs: worker.pushBudgetMs,
    deleteGuard: hold.deleteGuard,
    attempts: worker.attempts,
    backoff: worker.backoff,
    holdBackoff: hold.backoff,
    circuitFailures: hold.circuitFailures,
    lockMs: worker.lockMs,
    sweepEveryMs: worker.sweepEveryMs,
    sweepGraceMs: worker.sweepGraceMs,
    deadLetters: worker.deadLetters,
    // The process needs a moment after the last push, to hand back and to close.
    cutAfterMs: Math.max(config.shutdown.timeoutMs - 2_000, config.shutdown.timeoutMs / 2),
  };
}

/** How indicators are mapped. */
export function mappingOptions(config: Config): MappingOptions {
  return config.mapping;
}

/** What is kept away from XSOAR. */
export function filterOptions(config: Config): FilterOptions {
  const { filter } = config;
  return {
    labelsIn: filter.labelsInclude,
    labelsOut: filter.labelsExclude,
    patternTypes: filter.patternTypes,
    observableTypes: filter.observableTypes,
    neverPush: [...filter.neverPush, ...(filter.neverPushPrivate ? [privateKeyword] : [])],
    ...(filter.minScore === null ? {} : { minimumScore: filter.minScore }),
    ...(filter.maxTlp === null ? {} : { maximumTlp: filter.maxTlp }),
    ...(filter.maxAgeMs === null ? {} : { maximumAgeMs: filter.maxAgeMs }),
  };
}
