import type { Role } from '../role.ts';
import type { ValueType } from '../types/value-type.ts';

/** Headings of the reference, in its order. */
export const GROUPS = [
  'OpenCTI',
  'Connector',
  'Live stream',
  'XSOAR',
  'Mapping',
  'Filters',
  'Redis',
  'Ingest and backpressure',
  'Deliveries',
  'Holds',
  'Reconciliation',
  'Metrics and health',
  'Tracing',
  'Board',
  'Process',
] as const;
/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** What is known of a variable, its name aside. */
export interface Definition<T = unknown, D extends string | null = string | null> {
  readonly group: Group;
  /** Where `config.yml` has it: section and key, as the Python connector's does. */
  readonly path: string;
  readonly type: ValueType<T>;
  /** As one would write it; null: unset. */
  readonly default: D;
  /** What it does, for the reference. Markdown, one paragraph. */
  readonly description: string;
  /** A telling value for the reference; the default is one already. */
  readonly example?: string;
  /** Never printed, and also taken as `NAME_FILE`. */
  readonly secret?: boolean;
  /** Taken as `NAME_FILE` though it is no secret: it may be long. */
  readonly fromFile?: boolean;
  /** The Python connector has it too, with the same name and meaning. */
  readonly python?: boolean;
  /** Who reads it. */
  readonly roles: readonly Role[];
  /** Who cannot do without. */
  readonly requiredBy?: readonly Role[];
}

/** A variable of the reference. */
export interface Variable extends Definition {
  readonly name: string;
}

/** Keeps the types of a definition: what it reads, and whether it has a default. */
export function define<T, const D extends string | null>(
  definition: Definition<T, D>,
): Definition<T, D> {
  return definition;
}

/** What a definition yields: null only where there is no default. */
export type ValueOf<V> =
  V extends Definition<infer T, infer D> ? (null extends D ? T | null : T) : never;
