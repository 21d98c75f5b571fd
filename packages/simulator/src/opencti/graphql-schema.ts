import { isRecord } from '../http/body.ts';
import { entityTypeOf, type StixObject, stringsOf } from '../stix/object.ts';
import type { ConnectorBook, ConnectorRecord } from './connectors.ts';
import { formatId } from './event-id.ts';
import { filterText } from './filter.ts';
import { PlatformError, type RootField, type Schema } from './graphql-execute.ts';
import { types, typesWithDeployments } from './graphql-types.ts';
import type { Platform } from './platform.ts';
import { type Capability, isRunning, type Settings } from './settings.ts';
import { objectOf } from './table.ts';

/** What the GraphQL fields read and change. */
export interface GraphqlContext {
  platform: Platform;
  settings: Settings;
  connectors: ConnectorBook;
  streamId: string;
  streamName: string;
  now: () => number;
  /** False: an older platform, whose schema has no `redisStreamInfo`. */
  redisStreamInfo: boolean;
  /** Keys that `registerConnector` takes; fewer on older platforms. */
  registerInputFields: readonly string[];
  /** Mutations of a platform that knows deployments. */
  deployments: ReadonlyMap<string, RootField>;
}

/** Refuses a user without the right. */
export function refuseUnless(settings: Settings, capability: Capability): void {
  if (settings.capabilities.includes('BYPASS') || settings.capabilities.includes(capability))
    return;
  throw new PlatformError('FORBIDDEN_ACCESS', 403, 'You are not allowed to do this.', 'TECHNICAL');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function domainObject(object: StixObject, entityId: string): Record<string, unknown> {
  return {
    __typename: entityTypeOf(object),
    id: entityId,
    standard_id: object.id,
    entity_type: entityTypeOf(object),
    name: object.name ?? null,
    description: object.description ?? null,
    created_at: object.created ?? null,
    updated_at: object.modified ?? null,
    toStix: JSON.stringify(object),
  };
}

function connectorAnswer(record: ConnectorRecord, state: string | null): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    active: true,
    auto: record.auto,
    connector_scope: record.scope,
    connector_type: record.type,
    connector_state: state,
    connector_state_timestamp:
      record.stateSetAtMs === null ? null : new Date(record.stateSetAtMs).toISOString(),
    connector_user_id: '1f0c6b1e-6a0b-4d0e-9a52-0c7f2b0e51aa',
    connector_info: record.info,
    config: { connection: null },
  };
}

/** Ids that a filter of a listing asks for, by any of the keys that name an object. */
function idsOfFilters(filters: unknown): string[] | null {
  if (!isRecord(filters) || !Array.isArray(filters.filters)) return null;
  const ids: string[] = [];
  for (const one of filters.filters) {
    if (!isRecord(one)) continue;
    const keys = Array.isArray(one.key) ? stringsOf(one.key) : [text(one.key)];
    if (keys.some((key) => ['id', 'ids', 'internal_id', 'standard_id'].includes(key)))
      ids.push(...stringsOf(one.values));
  }
  return ids;
}

/** The schema over a platform, as it is at the moment: an update may bring it deployments. */
export function createSchema(context: GraphqlContext): () => Schema {
  const { platform, settings, connectors } = context;
  const { table } = platform;

  const find = (id: unknown, wanted?: string): unknown => {
    refuseUnless(settings, 'KNOWLEDGE');
    const row = table.find(text(id));
    if (!row || (wanted !== undefined && row.stixType !== wanted)) return null;
    return domainObject(objectOf(row), row.entityId);
  };
  const list = (args: Record<string, unknown>, wanted?: string): unknown => {
    refuseUnless(settings, 'KNOWLEDGE');
    const ids = idsOfFilters(args.filters);
    const rows = ids ? ids.map((id) => table.find(id)) : [...table.rows()];
    const matching = rows.filter(
      (row) => row !== undefined && (wanted === undefined || row.stixType === wanted),
    );
    const first = typeof args.first === 'number' ? args.first : 25;
    const edges = matching
      .slice(0, first)
      .flatMap((row) =>
        row ? [{ node: domainObject(objectOf(row), row.entityId), cursor: row.entityId }] : [],
      );
    const pageInfo = {
      globalCount: matching.length,
      hasNextPage: matching.length > first,
      endCursor: edges.at(-1)?.cursor ?? null,
    };
    return { edges, pageInfo };
  };

  const query = new Map<string, RootField>([
    ['about', { returns: 'AppInfo', args: [], resolve: () => ({ version: '7.260817.0' }) }],
    [
      'me',
      {
        returns: 'MeUser',
        args: [],
        resolve: () => ({
          id: '1f0c6b1e-6a0b-4d0e-9a52-0c7f2b0e51aa',
          name: 'connector',
          user_email: 'connector@example.test',
          capabilities: settings.capabilities.map((name) => ({ name })),
        }),
      },
    ],
    [
      'streamCollection',
      {
        returns: 'StreamCollection',
        args: ['id'],
        resolve: ({ id }) => {
          refuseUnless(settings, 'TAXIIAPI');
          if (id !== context.streamId) return null;
          return {
            id,
            name: context.streamName,
            description: 'Simulated live stream',
            filters: filterText(platform.filter()),
            stream_live: isRunning(settings, context.now()),
            stream_public: false,
          };
        },
      },
    ],
    ['identity', { returns: 'Identity', args: ['id'], resolve: ({ id }) => find(id, 'identity') }],
    [
      'stixDomainObject',
      { returns: 'StixDomainObject', args: ['id'], resolve: ({ id }) => find(id) },
    ],
    [
      'identities',
      {
        returns: 'Connection',
        args: ['filters', 'first', 'after', 'types', 'search'],
        resolve: (args) => list(args, 'identity'),
      },
    ],
    [
      'indicators',
      {
        returns: 'IndicatorConnection',
        args: ['filters', 'first', 'after', 'search'],
        resolve: (args) => list(args, 'indicator'),
      },
    ],
    [
      'stixDomainObjects',
      {
        returns: 'Connection',
        args: ['filters', 'first', 'after', 'types', 'search'],
        resolve: (args) => list(args),
      },
    ],
    [
      'stix',
      {
        returns: null,
        args: ['id'],
        resolve: ({ id }) => {
          refuseUnless(settings, 'KNOWLEDGE');
          const row = table.find(text(id));
          return row ? JSON.stringify(objectOf(row)) : null;
        },
      },
    ],
    [
      '__type',
      {
        returns: '__Type',
        args: ['name'],
        resolve: ({ name }) =>
          name === 'RegisterConnectorInput'
            ? { name, inputFields: context.registerInputFields.map((field) => ({ name: field })) }
            : null,
      },
    ],
  ]);
  if (context.redisStreamInfo) {
    query.set('redisStreamInfo', {
      returns: 'RedisStreamInfo',
      args: [],
      resolve: () => {
        const { first, last } = platform.bounds();
        return {
          lastEventId: formatId(last),
          firstEventId: formatId(first),
          firstEventDate: new Date(first.ms).toISOString(),
          lastEventDate: new Date(last.ms).toISOString(),
          streamSize: platform.log.next - platform.log.first,
        };
      },
    });
  }

  const mutation = new Map<string, RootField>([
    [
      'registerConnector',
      {
        returns: 'Connector',
        args: ['input'],
        inputFields: context.registerInputFields,
        resolve: ({ input }) => {
          refuseUnless(settings, 'CONNECTORAPI');
          if (!isRecord(input) || text(input.id) === '' || text(input.name) === '')
            throw new PlatformError(
              'VALIDATION_ERROR',
              500,
              'id and name are required',
              'BUSINESS',
            );
          const record = connectors.register({
            id: text(input.id),
            name: text(input.name),
            type: text(input.type),
            scope: stringsOf(input.scope),
            auto: input.auto === true,
            version: typeof input.version === 'string' ? input.version : null,
          });
          return connectorAnswer(record, record.state);
        },
      },
    ],
    [
      'pingConnector',
      {
        returns: 'Connector',
        args: ['id', 'state', 'connectorInfo'],
        resolve: ({ id, state, connectorInfo }) => {
          refuseUnless(settings, 'CONNECTORAPI');
          const sent = typeof state === 'string' ? state : null;
          const info = isRecord(connectorInfo) ? connectorInfo : null;
          const answer = connectors.ping(text(id), sent, info, settings.staleEcho);
          if (answer) return connectorAnswer(answer.record, answer.answered);
          const message = 'No connector found with the specified ID';
          throw new PlatformError('FUNCTIONAL_ERROR', 400, message, 'BUSINESS');
        },
      },
    ],
    [
      'deleteConnector',
      {
        returns: null,
        args: ['id'],
        resolve: ({ id }) => {
          connectors.remove(text(id));
          return id;
        },
      },
    ],
  ]);
  const older: Schema = { query, mutation, types };
  const newer: Schema = {
    query,
    mutation: new Map([...mutation, ...context.deployments]),
    types: typesWithDeployments,
  };
  return () => (settings.deployments === 'absent' ? older : newer);
}
