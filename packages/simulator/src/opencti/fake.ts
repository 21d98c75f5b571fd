import type { Expectation } from '../generate/expectations.ts';
import type { FaultBook } from '../http/faults.ts';
import type { ListenOptions } from '../http/server.ts';
import type { StixObject } from '../stix/object.ts';
import type { ConnectionStats } from './connection.ts';
import type { ConnectorBook } from './connectors.ts';
import type { DeploymentBook } from './deployments.ts';
import type { StreamFilter } from './filter.ts';
import type { Operation } from './operation.ts';
import type { Playing, PlayOptions } from './play.ts';
import type { DeploymentOffer, SettingsChange } from './settings.ts';

/** Options of the fake OpenCTI. Everything has a default. */
export interface FakeOpenctiOptions extends ListenOptions {
  /** API token of the one user (default `opencti-token`). */
  token?: string;
  /** Id of the one live stream (default a fixed UUID). */
  streamId?: string;
  streamName?: string;
  /** Filter of the stream (default: indicators only). */
  filter?: StreamFilter;
  /** Heartbeat period in ms (default 5000, as on the platform). */
  heartbeatMs?: number;
  /** How long a connection waits for events before heartbeats show the platform's clock (default 5000). */
  blockMs?: number;
  /** `consumer_metrics` after each heartbeat, as platforms of 2026 send (default true). */
  consumerMetrics?: boolean;
  /** Stop writing to a client that does not read, as platforms of 2026 do (default true). */
  backPressure?: boolean;
  /** Events that the stream retains; older ones go (default: all). */
  retention?: number;
  /** Ids that a connection remembers as sent (default 5000), and for how long (default 1 hour). */
  sentLimit?: number;
  sentLifeMs?: number;
  /** False: GraphQL has no `redisStreamInfo`, as on older platforms. */
  redisStreamInfo?: boolean;
  /** Keys of `RegisterConnectorInput`; fewer on older platforms. */
  registerInputFields?: readonly string[];
  /** Whether GraphQL takes reports of what became of indicators (default `absent`). */
  deployments?: DeploymentOffer;
  /** The platform's clock in epoch ms (default `Date.now`). */
  now?: () => number;
  /** False: the stream's answer has no `Date`, as behind a proxy that takes it away (default true). */
  tellsDate?: boolean;
  /** Seed of faults with a probability (default 1). */
  seed?: number;
  /** Told of every event of the log as it goes to a connection's socket, for measurements. */
  onWritten?: (event: WrittenEvent) => void;
}

/** An event as it was written. */
export interface WrittenEvent {
  entityId: string | null;
  /** Values that XSOAR must hold because of it, where that is known. */
  values: readonly string[];
  /** Just before the write, by `machineMs`. */
  atMs: number;
  /** Bytes of what the `data:` line says, and of the STIX object in it. */
  eventBytes: number;
  objectBytes: number;
}

/** Counters of the fake OpenCTI. */
export interface OpenctiStats {
  running: boolean;
  events: { retained: number; total: number; firstId: string; lastId: string; bytes: number };
  objects: number;
  connections: ConnectionStats[];
  connectionsOpened: number;
  /** Connections that wait between a dependency and its main event. */
  pausedBeforeMain: number;
  /** Requests by GraphQL field. */
  graphql: Record<string, number>;
  faultsStruck: number;
}

/** A fake OpenCTI platform that listens. */
export interface FakeOpencti {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly streamId: string;
  /** The platform's clock, epoch ms. */
  now(): number;
  /** Applies one operation; the event's id, or null when it made none. */
  append(operation: Operation): string | null;
  /** Puts text into the stream verbatim; `{id}` in it becomes the event's id, which is returned. */
  appendRaw(text: string): string;
  play(feed: Iterable<Operation> | AsyncIterable<Operation>, options?: PlayOptions): Playing;
  /** Objects as the platform holds them now: the fold of everything that happened. */
  state(): Iterable<StixObject>;
  /** By internal or STIX id. */
  object(id: string): StixObject | undefined;
  /** What XSOAR must hold for every indicator that passes the stream's filter now. */
  expectations(): Iterable<Expectation>;
  setFilter(filter: StreamFilter): void;
  settings(change: SettingsChange): void;
  /** Stops the stream: open connections end cleanly, new ones get 410. */
  stop(options?: { forMs?: number }): void;
  start(): void;
  /** Cuts every open connection. */
  cut(how: 'clean' | 'reset'): void;
  /** An `error` event on every open connection; only heartbeats come after it. */
  breakConnections(message?: string): void;
  /** Every open connection gets its last `count` entries again. */
  resend(count: number): void;
  /**
   * Drops the whole stream, as a lost Redis does; the objects stay. `empty`: nothing was written
   * since, so that the platform tells 0-0 for its oldest and newest event.
   */
  wipe(how?: { empty?: boolean }): void;
  readonly connectors: ConnectorBook;
  readonly deployments: DeploymentBook;
  readonly faults: FaultBook;
  stats(): OpenctiStats;
  close(): Promise<void>;
}
