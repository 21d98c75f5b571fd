/** A variable of the Python connector that changes nothing here. */
export interface IgnoredVariable {
  readonly name: string;
  /** Where `config.yml` has it. */
  readonly path: string;
  /** Goes on after "has no effect here: ". */
  readonly why: string;
}

const CONNECTOR = 'connector';

function ignored(why: string, ...names: string[]): IgnoredVariable[] {
  return names.map((name) => {
    const [, section = CONNECTOR, key = name] = /^([A-Z0-9]+)_(.+)$/.exec(name) ?? [];
    return { name, path: `${section}.${key}`.toLowerCase(), why };
  });
}

/**
 * What pycti reads besides. Taken, because a config that worked must go on working; reported,
 * because somebody may count on its effect.
 */
export const ignoredVariables: readonly IgnoredVariable[] = [
  ...ignored('it is always registered as STREAM', 'CONNECTOR_TYPE'),
  ...ignored('logs are JSON lines; see LOG_FORMAT', 'OPENCTI_JSON_LOGGING'),
  ...ignored(
    'see METRICS_ENABLE, METRICS_PORT and METRICS_ADDR',
    'CONNECTOR_EXPOSE_METRICS',
    'CONNECTOR_METRICS_PORT',
    'CONNECTOR_METRICS_NAMESPACE',
    'CONNECTOR_METRICS_SUBSYSTEM',
  ),
  ...ignored(
    'it runs until it is stopped',
    'CONNECTOR_DURATION_PERIOD',
    'CONNECTOR_RUN_AND_TERMINATE',
  ),
  ...ignored(
    'the connector uses the user of OPENCTI_TOKEN',
    'CONNECTOR_AUTO_CREATE_SERVICE_ACCOUNT',
    'CONNECTOR_AUTO_CREATE_SERVICE_ACCOUNT_CONFIDENCE_LEVEL',
  ),
  ...ignored(
    'it means nothing for a stream connector',
    'CONNECTOR_AUTO',
    'CONNECTOR_AUTO_UPDATE',
    'CONNECTOR_ONLY_CONTEXTUAL',
    'CONNECTOR_PLAYBOOK_COMPATIBLE',
    'CONNECTOR_ENRICHMENT_RESOLUTION',
    'CONNECTOR_XTM_ONE_INTENT',
    'CONNECTOR_UPDATE_EXISTING_DATA',
    'CONNECTOR_VALIDATE_BEFORE_IMPORT',
  ),
  ...ignored(
    'nothing is sent to OpenCTI over RabbitMQ or S3; the queue is in Redis, see PENDING_HIGH_WATER',
    'CONNECTOR_QUEUE_THRESHOLD',
    'CONNECTOR_QUEUE_PROTOCOL',
    'CONNECTOR_SEND_TO_QUEUE',
    'CONNECTOR_SEND_TO_DIRECTORY',
    'CONNECTOR_SEND_TO_DIRECTORY_PATH',
    'CONNECTOR_SEND_TO_DIRECTORY_RETENTION',
    'CONNECTOR_SEND_TO_S3',
    'CONNECTOR_LISTEN_PROTOCOL',
    'CONNECTOR_LISTEN_WORKER_COUNT',
    'CONNECTOR_LISTEN_PREFETCH_COUNT',
    'MQ_HOST',
    'MQ_PORT',
    'MQ_VHOST',
    'MQ_USE_SSL',
    'MQ_USER',
    'MQ_PASS',
  ),
];
