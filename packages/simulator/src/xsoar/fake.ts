import type { DumpedObject } from '../dump.ts';
import type { FaultBook } from '../http/faults.ts';
import type { ListenOptions } from '../http/server.ts';
import type { ApiKey } from './auth.ts';
import type { Behaviour } from './behaviour.ts';
import type { Ioc } from './ioc.ts';
import type { JournalEntry } from './journal.ts';
import type { Latency } from './latency.ts';
import type { Product, XsoarOperation } from './paths.ts';
import type { XsoarStats } from './stats.ts';

/** Options of the fake XSOAR. Everything has a default. */
export interface FakeXsoarOptions extends ListenOptions {
  /**
   * `8` (the default) knows `/xsoar/public/v1/…` and `/xsoar/…`, `6` only `/…`, `any`
   * all three. `acc_<tenant>` goes before the call in each of them.
   */
  product?: Product;
  /** Default: one standard key `xsoar-key` with the id `17`. */
  keys?: readonly ApiKey[];
  /** Tenants that exist besides the main account; each has its own indicators. */
  tenants?: readonly string[];
  behaviour?: Partial<Behaviour>;
  latency?: Latency;
  /** Requests that are worked on at a time; more wait in line (default: any number). */
  places?: number;
  /** Types that the tenant has (default: those of Palo Alto's content). */
  types?: readonly string[];
  /** CLI names of the indicator fields that the tenant has (default: those in use here). */
  fields?: readonly string[];
  /** Allowed clock difference of advanced keys in ms (default 5 minutes). */
  maxSkewMs?: number;
  /** Requests kept in the journal (default 0: none). */
  journal?: number;
  /** Seed of latencies and of faults with a probability (default 1). */
  seed?: number;
  now?: () => number;
  /** Told of every request when it is answered, for measurements. */
  onRequest?: (request: AnsweredRequest) => void;
}

/** A request as the server saw it; times by `machineMs`. */
export interface AnsweredRequest {
  operation: XsoarOperation;
  status: number;
  /** Values that a write is about. */
  values: readonly string[];
  /** Its head was read. */
  arrivedMs: number;
  answeredMs: number;
}

/** An edit by an analyst, straight into the store. */
export interface AnalystEdit {
  id?: string;
  value?: string;
  score?: number;
  addTags?: string[];
  removeTags?: string[];
  comment?: string;
  CustomFields?: Record<string, unknown>;
}

/** A fake Cortex XSOAR that listens. */
export interface FakeXsoar {
  readonly url: string;
  readonly port: number;
  /** The first key, for clients that need just one. */
  readonly key: string;
  readonly keyId: string;
  /** Objects of a tenant (default: the main account). */
  objects(tenant?: string): Iterable<Ioc>;
  get(value: string, tenant?: string): Ioc | undefined;
  dump(tenant?: string): Iterable<DumpedObject>;
  /** An edit between the client's read and its write; the new object, or undefined. */
  analystEdit(edit: AnalystEdit, tenant?: string): Ioc | undefined;
  exclude(value: string, reason?: string): void;
  include(value: string): void;
  behaviour(change: Partial<Behaviour>): void;
  latency(latency: Latency): void;
  readonly faults: FaultBook;
  journal(filter?: { value?: string; operation?: string }): JournalEntry[];
  stats(): XsoarStats;
  /** Forgets objects, exclusions, faults, journal and counters; switches stay. */
  reset(): void;
  close(): Promise<void>;
}
