import type { Config, MappingConfig } from '../config.ts';
import type { Values } from '../variables/table.ts';

/** What is not in the values themselves. */
export interface Surroundings {
  /** Certificates in PEM. */
  readonly ca: {
    readonly opencti: string | null;
    readonly xsoar: string | null;
    readonly redis: string | null;
  };
}

/** Turns the values of all variables into the shape that programs use. */
export function compileConfig(values: Values, { ca }: Surroundings): Config {
  const start = values.CONNECTOR_LIVE_STREAM_START_TIMESTAMP;
  const recover = values.CONNECTOR_LIVE_STREAM_RECOVER
    ? values.CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE
    : 'off';
  const formats = { auto: null, json: false, pretty: true } as const;
  return {
    opencti: {
      url: values.OPENCTI_URL,
      token: values.OPENCTI_TOKEN,
      sslVerify: values.OPENCTI_SSL_VERIFY.verify,
      ca: ca.opencti,
      headers: values.OPENCTI_CUSTOM_HEADERS,
    },
    deployment: {
      reporting: values.DEPLOYMENT_REPORTING_ENABLED,
      platform: {
        id: values.SECURITY_PLATFORM_ID,
        name: values.SECURITY_PLATFORM_NAME,
        type: values.SECURITY_PLATFORM_TYPE,
      },
    },
    connector: {
      id: values.CONNECTOR_ID,
      name: values.CONNECTOR_NAME,
      scope: values.CONNECTOR_SCOPE,
    },
    stream: {
      id: values.CONNECTOR_LIVE_STREAM_ID,
      listenDelete: values.CONNECTOR_LIVE_STREAM_LISTEN_DELETE,
      noDependencies: values.CONNECTOR_LIVE_STREAM_NO_DEPENDENCIES,
      withInferences: values.CONNECTOR_LIVE_STREAM_WITH_INFERENCES,
      silenceMs: values.STREAM_SILENCE_TIMEOUT,
      maxEventBytes: values.STREAM_MAX_EVENT_SIZE,
      first: {
        startAt: start,
        // pycti catches up to now unless told otherwise.
        recoverUntil: recover === null ? 'now' : recover === 'off' ? null : recover,
      },
    },
    xsoar: {
      url: values.XSOAR_URL,
      keyId: values.XSOAR_KEY_ID,
      key: values.XSOAR_KEY,
      keyType: values.XSOAR_KEY_TYPE,
      api: values.XSOAR_API,
      tenant: values.XSOAR_TENANT,
      sslVerify: values.XSOAR_SSL_VERIFY.verify,
      ca: ca.xsoar,
      timeoutMs: values.XSOAR_TIMEOUT,
    },
    redis: {
      url: values.REDIS_URL,
      sslVerify: values.REDIS_SSL_VERIFY.verify,
      ca: ca.redis,
    },
    slots: {
      leaseMs: values.DELIVERY_TIMEOUT + values.DELIVERY_LEASE_MARGIN,
      lateWindowMs: values.DELIVERY_LATE_WINDOW,
      tombstoneMs: values.DELIVERY_TOMBSTONE_TTL,
    },
    ingest: {
      batchSize: values.INGEST_BATCH_SIZE,
      debounce: { quietMs: values.DELIVERY_DEBOUNCE, maxMs: values.DELIVERY_DEBOUNCE_MAX },
      waterMarks: {
        pendingHigh: values.PENDING_HIGH_WATER,
        pendingLow: values.PENDING_LOW_WATER,
        memoryHigh: values.REDIS_MEMORY_HIGH_WATER,
        memoryLow: values.REDIS_MEMORY_LOW_WATER,
      },
      leaderTtlMs: values.INGEST_LEADER_TTL,
    },
    worker: {
      removal: { mode: values.XSOAR_DELETE_MODE, tag: values.XSOAR_DELETE_TAG },
      consumerCount: values.CONNECTOR_CONSUMER_COUNT,
      concurrency: values.XSOAR_CONCURRENCY,
      pushBudgetMs: values.DELIVERY_TIMEOUT,
      attempts: values.DELIVERY_ATTEMPTS,
      backoff: { minMs: values.DELIVERY_BACKOFF_MIN, maxMs: values.DELIVERY_BACKOFF_MAX },
      lockMs: values.DELIVERY_JOB_LOCK,
      sweepEveryMs: values.SWEEP_INTERVAL,
      sweepGraceMs: values.SWEEP_GRACE,
      deadLetters: {
        count: values.DEAD_LETTERS_MAX,
        bytes: values.DEAD_LETTERS_MAX_SIZE,
        ageMs: values.DEAD_LETTERS_MAX_AGE,
      },
    },
    hold: {
      circuitFailures: values.CIRCUIT_FAILURES,
      deleteGuard: {
        count: values.DELETE_GUARD_COUNT,
        share: values.DELETE_GUARD_SHARE,
        windowMs: values.DELETE_GUARD_WINDOW,
      },
      backoff: { minMs: values.HOLD_BACKOFF_MIN, maxMs: values.HOLD_BACKOFF_MAX },
    },
    reconcile: {
      intervalMs: values.RECONCILE_INTERVAL,
      apply: values.RECONCILE_APPLY,
      settleMs: values.RECONCILE_SETTLE,
      maxDeleteShare: values.RECONCILE_MAX_DELETE_SHARE,
    },
    filter: {
      minScore: values.FILTER_MIN_SCORE,
      labelsInclude: values.FILTER_LABELS_INCLUDE,
      labelsExclude: values.FILTER_LABELS_EXCLUDE,
      maxTlp: values.FILTER_MAX_TLP,
      patternTypes: values.FILTER_PATTERN_TYPES,
      observableTypes: values.FILTER_OBSERVABLE_TYPES,
      maxAgeMs: values.FILTER_MAX_AGE,
      eventTypes: values.FILTER_EVENT_TYPES,
      neverPush: values.FILTER_NEVER_PUSH,
      neverPushPrivate: values.FILTER_NEVER_PUSH_PRIVATE,
    },
    mapping: compileMapping(values),
    metrics: {
      enabled: values.METRICS_ENABLE,
      address: values.METRICS_ADDR,
      port: values.METRICS_PORT,
    },
    tracing: {
      endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: values.OTEL_EXPORTER_OTLP_HEADERS,
      serviceName: values.OTEL_SERVICE_NAME,
      sampler: values.OTEL_TRACES_SAMPLER,
      ratio: values.OTEL_TRACES_SAMPLER_ARG,
    },
    board: {
      address: values.BOARD_ADDR,
      port: values.BOARD_PORT,
      user: values.BOARD_USER,
      password: values.BOARD_PASSWORD,
      actions: values.BOARD_ACTIONS,
    },
    log: { level: values.CONNECTOR_LOG_LEVEL, pretty: formats[values.LOG_FORMAT] },
    shutdown: { timeoutMs: values.SHUTDOWN_TIMEOUT },
  };
}

function compileMapping(values: Values): MappingConfig {
  return {
    source: values.XSOAR_SOURCE ?? `OpenCTI ${values.CONNECTOR_NAME}`,
    ...(values.CONNECTOR_CONFIDENCE_LEVEL === null
      ? {}
      : { defaultConfidence: values.CONNECTOR_CONFIDENCE_LEVEL }),
    ...(values.OPENCTI_URL === null ? {} : { openctiUrl: values.OPENCTI_URL }),
    multiValue: values.XSOAR_MULTI_VALUE,
    scoreThresholds: values.XSOAR_SCORE_THRESHOLDS,
    tlp: values.XSOAR_TLP,
    manualScore: values.XSOAR_MANUAL_SCORE,
    serverDates: values.XSOAR_SERVER_DATES,
    descriptionAsComment: values.XSOAR_DESCRIPTION_AS_COMMENT,
    expireRevoked: values.XSOAR_EXPIRE_REVOKED,
    ...(values.XSOAR_RELIABILITY_FIELD === null
      ? {}
      : { reliabilityField: values.XSOAR_RELIABILITY_FIELD }),
    extraTypes: values.XSOAR_EXTRA_TYPES,
    maxValues: values.XSOAR_MAX_VALUES,
  };
}
