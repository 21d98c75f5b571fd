import type { TypeFields } from './graphql-execute.ts';

/** Keys of the registration input of a platform of 2026. */
export const registerInputFields2026 = [
  'id',
  'name',
  'type',
  'scope',
  'auto',
  'auto_update',
  'enrichment_resolution',
  'only_contextual',
  'playbook_compatible',
  'listen_callback_uri',
  'version',
  'slug',
  'xtm_one_intent',
] as const;

const connectorInfoFields = {
  run_and_terminate: null,
  buffering: null,
  queue_threshold: null,
  queue_messages_size: null,
  next_run_datetime: null,
  last_run_datetime: null,
} as const;

const identityFields: TypeFields = {
  id: null,
  standard_id: null,
  entity_type: null,
  name: null,
  description: null,
  created_at: null,
  updated_at: null,
  toStix: null,
};

/** Object types that a selection may go into. */
export const types: ReadonlyMap<string, TypeFields> = new Map<string, TypeFields>([
  ['AppInfo', { version: null }],
  ['MeUser', { id: null, name: null, user_email: null, capabilities: 'Capability' }],
  ['Capability', { name: null }],
  [
    'StreamCollection',
    {
      id: null,
      name: null,
      description: null,
      filters: null,
      stream_live: null,
      stream_public: null,
    },
  ],
  [
    'RedisStreamInfo',
    {
      lastEventId: null,
      firstEventId: null,
      firstEventDate: null,
      lastEventDate: null,
      streamSize: null,
    },
  ],
  [
    'Connector',
    {
      id: null,
      name: null,
      active: null,
      auto: null,
      connector_scope: null,
      connector_type: null,
      connector_state: null,
      connector_state_timestamp: null,
      connector_user_id: null,
      connector_info: 'ConnectorInfo',
      jwks: null,
      config: 'ConnectorConfig',
    },
  ],
  // Message queue and storage of importers; a stream connector needs none of it.
  [
    'ConnectorConfig',
    {
      connection: 'ConnectorConnection',
      s3: null,
      listen: null,
      listen_routing: null,
      listen_exchange: null,
      push: null,
      push_routing: null,
      push_exchange: null,
    },
  ],
  [
    'ConnectorConnection',
    { host: null, vhost: null, use_ssl: null, port: null, user: null, pass: null },
  ],
  ['ConnectorInfo', connectorInfoFields],
  ['StixDomainObject', identityFields],
  ['Identity', identityFields],
  ['Individual', identityFields],
  ['Organization', identityFields],
  ['Sector', identityFields],
  ['System', identityFields],
  ['Connection', { edges: 'Edge', pageInfo: 'PageInfo' }],
  ['Edge', { node: 'StixDomainObject', cursor: null }],
  ['PageInfo', { globalCount: null, hasNextPage: null, endCursor: null }],
  ['IndicatorConnection', { edges: 'IndicatorEdge', pageInfo: 'PageInfo' }],
  ['IndicatorEdge', { node: 'Indicator', cursor: null }],
  ['Indicator', identityFields],
  ['SecurityPlatform', { id: null, standard_id: null, name: null }],
  [
    'IndicatorDeploymentBatchResult',
    {
      processed: null,
      created: null,
      updated: null,
      unchanged: null,
      errors: 'IndicatorDeploymentReportError',
    },
  ],
  ['IndicatorDeploymentReportError', { indicatorId: null, message: null }],
  ['__Type', { name: null, inputFields: '__InputValue' }],
  ['__InputValue', { name: null }],
]);

/** The same on a platform that knows deployments. */
export const typesWithDeployments: ReadonlyMap<string, TypeFields> = new Map([
  ...types,
  ['Indicator', { ...identityFields, deployments_count: null }],
]);
