import type { EventId } from '../event-id.ts';
import type { StixObject } from '../stix.ts';
import type { StreamFilter } from '../stream-filter.ts';
import type { DeploymentsApi } from './deployments.ts';

/** How to reach OpenCTI's GraphQL. */
export interface OpenctiApiOptions {
  /** Base URL of the platform; a base path is kept. */
  url: string;
  token: string;
  sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  ca?: string;
  /** Further request headers. Those that this client sets itself cannot be replaced. */
  headers?: Readonly<Record<string, string>>;
  userAgent?: string;
  /** For one call, from its start to the last byte of the answer. 30,000 milliseconds. */
  timeoutMs?: number;
  /** Longest answer. 8 MiB. */
  maxAnswerBytes?: number;
  /** Epoch milliseconds. `Date.now`. */
  now?: () => number;
}

/** State that the platform keeps for a connector, as the Python helper writes it. */
export type ConnectorState = Record<string, unknown>;

/** The state as it came back from the platform. */
export interface StoredState {
  /** Null when it is empty or not a JSON object. */
  state: ConnectorState | null;
  /** The text as stored. */
  text: string | null;
  /**
   * Nothing is stored. After a ping that sent a state this means that an operator reset the
   * connector; any other difference does not, since platforms may echo an older state.
   */
  empty: boolean;
}

/** What a stream connector tells about itself when it registers. */
export interface ConnectorIdentity {
  id: string;
  name: string;
  scope: readonly string[];
  auto?: boolean;
  /** Our version, told to platforms that take it. */
  version?: string;
}

/** Shown beside a connector in OpenCTI's interface. */
export interface ConnectorInfo {
  /** Reading is held back because too much is waiting. */
  buffering: boolean;
  /** What is waiting, in the unit of the threshold. */
  queueMessagesSize: number;
  queueThreshold: number;
}

/** A live stream collection. */
export interface StreamCollection {
  id: string;
  name: string;
  description: string | null;
  /** Started; while it is not, the stream answers 410. */
  live: boolean;
  /** Readable without a token. */
  public: boolean;
}

/** How far the platform's stream reaches. */
export interface RedisStreamInfo {
  firstEventId: EventId | null;
  lastEventId: EventId | null;
  streamSize: number | null;
}

/** The user of the token. */
export interface OpenctiUser {
  id: string;
  name: string;
  email: string | null;
}

/**
 * Calls to the platform. Each makes one attempt within the timeout and throws an
 * {@link OpenctiError} when it fails; only a ping may make a second one, the first time that it
 * meets a platform too old for `connectorInfo`, and the first registration with a version asks
 * before whether the platform takes one.
 */
export interface OpenctiApi {
  /** Registers a STREAM connector, or updates it and keeps its state. Needs CONNECTORAPI. */
  register(
    connector: ConnectorIdentity,
    signal?: AbortSignal,
  ): Promise<StoredState & { userId: string | null }>;
  /** The sign of life; stores the state. Kind `not-found`: the connector is no longer registered. */
  ping(
    id: string,
    state: ConnectorState | null,
    info?: ConnectorInfo,
    signal?: AbortSignal,
  ): Promise<StoredState>;
  /** Null when there is no such stream. Needs TAXIIAPI. */
  streamCollection(id: string, signal?: AbortSignal): Promise<StreamCollection | null>;
  /** What the stream lets through; null: in a form that is not known. Kind `schema` as below. */
  streamFilter(id: string, signal?: AbortSignal): Promise<StreamFilter | null>;
  /** Kind `schema` on platforms that do not offer it. */
  redisStreamInfo(signal?: AbortSignal): Promise<RedisStreamInfo>;
  /**
   * Names of identities by internal or STIX id, two a request, four requests at a time. An id that
   * is unknown or not visible is not in the answer. Needs KNOWLEDGE.
   */
  identityNames(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, string>>;
  /**
   * One object, by its internal or STIX id, as the stream would carry it. Null when the id is
   * unknown or the token's user may not see the object: the platform does not tell them apart.
   * Needs KNOWLEDGE.
   */
  stixObject(id: string, signal?: AbortSignal): Promise<StixObject | null>;
  /** Proves the token. */
  me(signal?: AbortSignal): Promise<OpenctiUser>;
  about(signal?: AbortSignal): Promise<{ version: string }>;
  readonly deployments: DeploymentsApi;
  /** Ends every call and every socket. */
  close(): Promise<void>;
}
