import type { Role } from './role.ts';
import type { Secret } from './secret.ts';
import type { Moment } from './types/moments.ts';

/**
 * The configuration as the programs use it: times in milliseconds, sizes in bytes, shares from 0
 * to 1, files read. What a role does not read has its default here. `null` means: not set.
 */
export interface Config {
  readonly opencti: OpenctiConfig;
  readonly deployment: DeploymentConfig;
  readonly connector: ConnectorConfig;
  readonly stream: StreamConfig;
  readonly xsoar: XsoarConfig;
  readonly redis: RedisConfig;
  readonly slots: SlotsConfig;
  readonly ingest: IngestOptions;
  readonly worker: WorkerOptions;
  readonly hold: HoldConfig;
  readonly reconcile: ReconcileConfig;
  readonly filter: FilterConfig;
  readonly mapping: MappingConfig;
  readonly metrics: MetricsConfig;
  readonly tracing: TracingConfig;
  readonly board: BoardConfig;
  readonly log: LogConfig;
  readonly shutdown: ShutdownConfig;
}

/** How to reach OpenCTI. */
export interface OpenctiConfig {
  /** Without a slash at its end. */
  readonly url: string | null;
  readonly token: Secret | null;
  readonly sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  readonly ca: string | null;
  /** Further request headers by name; secret because proxies take credentials in them. */
  readonly headers: Secret<Readonly<Record<string, string>>>;
}

/** Telling OpenCTI what became of indicators. */
export interface DeploymentConfig {
  readonly reporting: boolean;
  /** Stands for XSOAR in OpenCTI; found or created by its name where the id is null. */
  readonly platform: { readonly id: string | null; readonly name: string; readonly type: string };
}

/** Who this connector is in OpenCTI. */
export interface ConnectorConfig {
  readonly id: string | null;
  readonly name: string;
  readonly scope: readonly string[];
}

/** Which stream is read, and from where. */
export interface StreamConfig {
  readonly id: string | null;
  readonly listenDelete: boolean;
  readonly noDependencies: boolean;
  readonly withInferences: boolean;
  readonly silenceMs: number;
  readonly maxEventBytes: number;
  /** Used while no cursor is saved. */
  readonly first: {
    /** Null: the oldest event that OpenCTI keeps. */
    readonly startAt: Moment | null;
    /** Catch up from OpenCTI's database until then; null: no catch-up. */
    readonly recoverUntil: Moment | 'now' | null;
  };
}

/** How to reach XSOAR. */
export interface XsoarConfig {
  /** Without a slash at its end. */
  readonly url: string | null;
  readonly keyId: string | null;
  readonly key: Secret | null;
  readonly keyType: 'auto' | 'standard' | 'advanced';
  readonly api: 'auto' | '8' | '8-internal' | '6';
  readonly tenant: string | null;
  readonly sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  readonly ca: string | null;
  /** For one request. */
  readonly timeoutMs: number;
}

/** Where Redis is. */
export interface RedisConfig {
  /** A secret because it may hold a password; `describeConfig` shows it without. */
  readonly url: Secret;
  /** Of no effect without TLS. */
  readonly sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  readonly ca: string | null;
}

/** Times of leases, the same for all processes of a connector. */
export interface SlotsConfig {
  /** `worker.pushBudgetMs` and a margin. */
  readonly leaseMs: number;
  /** How long after a lost lease or an unanswered request its effect may still show. */
  readonly lateWindowMs: number;
  /** How long an entity that was removed is remembered. */
  readonly tombstoneMs: number;
}

/** The ingest's own settings. */
export interface IngestOptions {
  /** Events per write into Redis. */
  readonly batchSize: number;
  /** Changes of one entity within `quietMs` of each other are one push, `maxMs` late at most. */
  readonly debounce: { readonly quietMs: number; readonly maxMs: number };
  /** Memory marks are shares of Redis' `maxmemory`, from 0 to 1. */
  readonly waterMarks: {
    readonly pendingHigh: number;
    readonly pendingLow: number;
    readonly memoryHigh: number;
    readonly memoryLow: number;
  };
  /** After so long without a sign of life another ingest takes over. */
  readonly leaderTtlMs: number;
}

/** The worker's own settings. */
export interface WorkerOptions {
  /** What becomes of an XSOAR indicator that nothing in OpenCTI stands behind any more. */
  readonly removal: {
    readonly mode: 'delete' | 'expire' | 'tag' | 'ignore';
    readonly tag: string;
  };
  /** Deliveries at a time, per process. */
  readonly consumerCount: number;
  /** Whether always that many, or as many of them as XSOAR takes well. */
  readonly concurrency: 'fixed' | 'adaptive';
  /** For all requests of one delivery. */
  readonly pushBudgetMs: number;
  /** Attempts before a delivery is a dead letter. */
  readonly attempts: number;
  readonly backoff: BackoffConfig;
  /** After so long without a sign of life BullMQ gives a worker's job to another. */
  readonly lockMs: number;
  readonly sweepEveryMs: number;
  /** How long a state may be without a job before the sweeper makes one. */
  readonly sweepGraceMs: number;
  /** Beyond these the oldest dead letters are dropped. */
  readonly deadLetters: {
    readonly count: number;
    readonly bytes: number;
    readonly ageMs: number;
  };
}

/** Bounds of a growing wait. */
export interface BackoffConfig {
  readonly minMs: number;
  readonly maxMs: number;
}

/** When all deliveries wait. */
export interface HoldConfig {
  /** Outage failures in a row, of all workers, that open the circuit. */
  readonly circuitFailures: number;
  /** More deletes in a window than this are held; null: any number. */
  readonly deleteGuard: {
    readonly count: number | null;
    /** Of the indicators in XSOAR, from 0 to 1. */
    readonly share: number | null;
    readonly windowMs: number;
  };
  /** Waits between probes. */
  readonly backoff: BackoffConfig;
}

/** Comparing XSOAR with OpenCTI. */
export interface ReconcileConfig {
  /** Null: never by the clock. */
  readonly intervalMs: number | null;
  readonly apply: boolean;
  /** What changed within this time is not compared; also between two looks at one difference. */
  readonly settleMs: number;
  /** Of what XSOAR holds from us, from 0 to 1. */
  readonly maxDeleteShare: number;
}

/** What is kept away from XSOAR. Empty lists and null let everything through. */
export interface FilterConfig {
  /** From 0 to 100. */
  readonly minScore: number | null;
  /** At least one of them, where there are any. */
  readonly labelsInclude: readonly string[];
  /** None of them. */
  readonly labelsExclude: readonly string[];
  readonly maxTlp: TlpLevel | null;
  readonly patternTypes: readonly string[];
  /** Named as OpenCTI does or as patterns do. */
  readonly observableTypes: readonly string[];
  /** Since the indicator was created. */
  readonly maxAgeMs: number | null;
  readonly eventTypes: readonly EventType[];
  /** Domains, addresses, networks and exact values, as the operator wrote them. */
  readonly neverPush: readonly string[];
  /** Also private, loopback, link-local and reserved addresses. */
  readonly neverPushPrivate: boolean;
}

/** Levels of the Traffic Light Protocol 2.0. */
export type TlpLevel = 'CLEAR' | 'GREEN' | 'AMBER' | 'AMBER+STRICT' | 'RED';

/** Names of stream events that carry an entity. */
export type EventType = 'create' | 'update' | 'delete' | 'merge';

/** How indicators look in XSOAR. Optional keys are absent when not set. */
export interface MappingConfig {
  /** `XSOAR_SOURCE`, else `OpenCTI <CONNECTOR_NAME>` as the Python connector sent it. */
  readonly source: string;
  /** From 0 to 100. */
  readonly defaultConfidence?: number;
  /** Base of the links back to OpenCTI. */
  readonly openctiUrl?: string;
  readonly multiValue: 'expand' | 'first';
  /** A score above `bad` is 3, above `suspicious` 2, above `good` 1, else 0. */
  readonly scoreThresholds: {
    readonly good: number;
    readonly suspicious: number;
    readonly bad: number;
  };
  /** How CLEAR and AMBER+STRICT are written: in XSOAR's words, or kept. */
  readonly tlp: 'xsoar' | 'keep';
  readonly manualScore: boolean;
  readonly serverDates: boolean;
  readonly descriptionAsComment: boolean;
  readonly expireRevoked: boolean;
  readonly reliabilityField?: string;
  /** XSOAR types by observable, such as `user-agent:value`. */
  readonly extraTypes: ReadonlyMap<string, string>;
  readonly maxValues: number;
}

/** The HTTP endpoint of a process: metrics and health. */
export interface MetricsConfig {
  readonly enabled: boolean;
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Where traces go; what else is said has an effect only with an endpoint. */
export interface TracingConfig {
  /** Base URL of the collector, without a slash at its end; null: no tracing. */
  readonly endpoint: string | null;
  readonly headers: Secret<Readonly<Record<string, string>>>;
  /** Null: by the name of the process. */
  readonly serviceName: string | null;
  readonly sampler:
    | 'always_on'
    | 'always_off'
    | 'traceidratio'
    | 'parentbased_always_on'
    | 'parentbased_always_off'
    | 'parentbased_traceidratio';
  /** Share of the traces that are recorded, from 0 to 1. */
  readonly ratio: number;
}

/** Bull Board. */
export interface BoardConfig {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Both or none are set. */
  readonly user: string | null;
  readonly password: Secret | null;
  /** False: the board only shows. */
  readonly actions: boolean;
}

/** Logs on stdout. */
export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** null: pretty on a terminal, JSON elsewhere. */
  readonly pretty: boolean | null;
}

/** How a process ends. */
export interface ShutdownConfig {
  /** How long it may finish its work after SIGTERM. */
  readonly timeoutMs: number;
}

/** A connector that has an identity: everything but `explain`. */
export interface OperatorConfig extends Config {
  readonly connector: ConnectorConfig & { readonly id: string };
}

/** What an ingest has for certain. */
export interface IngestConfig extends OperatorConfig {
  readonly opencti: OpenctiConfig & { readonly url: string; readonly token: Secret };
  readonly stream: StreamConfig & { readonly id: string };
}

/** What a worker has for certain. */
export interface WorkerConfig extends OperatorConfig {
  readonly xsoar: XsoarConfig & { readonly url: string; readonly key: Secret };
}

/** The configuration that each role has for certain. */
export interface ConfigByRole {
  ingest: IngestConfig;
  worker: WorkerConfig;
  board: OperatorConfig;
  operator: OperatorConfig;
  explain: Config;
}

/** The configuration of a role, or of several roles at once. */
export type ConfigOf<R extends Role> = (
  R extends Role
    ? (config: ConfigByRole[R]) => void
    : never
) extends (config: infer C) => void
  ? C
  : never;
