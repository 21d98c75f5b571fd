import { isRecord } from '../http/body.ts';

/** What the generator makes. Shares are probabilities from 0 to 1. */
export interface GeneratorOptions {
  /** Entities (indicators) that come into being (default: what `events` leaves room for). */
  entities?: number;
  /** Operations in all (default: `entities` plus its share of updates and deletes). */
  events?: number;
  /** Share of operations that change an existing entity (default 0.2). */
  updateShare?: number;
  /** Share of operations that delete one (default 0.03). */
  deleteShare?: number;
  /** Share of updates that revoke (default 0.03). */
  revokeShare?: number;
  /** Share of updates that change the pattern, hence the value and the STIX id (default 0.1). */
  patternShare?: number;
  /** Share of new entities that have the value of another one (default 0). */
  sharedValues?: number;
  /** Share of new entities that are YARA, Sigma, Snort, … rules (default 0.02). */
  ruleShare?: number;
  /** Share of files with several hashes (default 0.3). */
  multiHashShare?: number;
  /** Share of new entities with several values of different types (default 0.05). */
  multiValueShare?: number;
  /** Only these observable types, by OpenCTI's names (default: all). */
  types?: string[];
  /** Same seed, same feed, apart from the clock (default 1). */
  seed?: number;
  /** Clock in epoch ms for the times in the objects (default `Date.now`). */
  now?: () => number;
}

/** Options with every default filled in. */
export type CompiledGeneratorOptions = Required<Omit<GeneratorOptions, 'types'>> & {
  types: ReadonlySet<string> | null;
};

export function compileGeneratorOptions(options: GeneratorOptions): CompiledGeneratorOptions {
  const updateShare = options.updateShare ?? 0.2;
  const deleteShare = options.deleteShare ?? 0.03;
  const createShare = Math.max(0.01, 1 - updateShare - deleteShare);
  const entities =
    options.entities ??
    (options.events === undefined ? 1000 : Math.max(1, Math.ceil(options.events * createShare)));
  return {
    entities,
    events: options.events ?? Math.ceil(entities / createShare),
    updateShare,
    deleteShare,
    revokeShare: options.revokeShare ?? 0.03,
    patternShare: options.patternShare ?? 0.1,
    sharedValues: options.sharedValues ?? 0,
    ruleShare: options.ruleShare ?? 0.02,
    multiHashShare: options.multiHashShare ?? 0.3,
    multiValueShare: options.multiValueShare ?? 0.05,
    types: options.types ? new Set(options.types) : null,
    seed: options.seed ?? 1,
    now: options.now ?? Date.now,
  };
}

const numbers = [
  'entities',
  'events',
  'updateShare',
  'deleteShare',
  'revokeShare',
  'patternShare',
  'sharedValues',
  'ruleShare',
  'multiHashShare',
  'multiValueShare',
  'seed',
] as const;

/** Options from JSON (the control API), or the reason why they are none. */
export function parseGeneratorOptions(value: unknown): GeneratorOptions | string {
  if (!isRecord(value)) return 'generator: needs an object';
  const options: GeneratorOptions = {};
  for (const key of numbers) {
    const number = value[key];
    if (number === undefined) continue;
    if (typeof number !== 'number' || number < 0) return `generator.${key}: needs a number`;
    options[key] = number;
  }
  if (Array.isArray(value.types))
    options.types = value.types.filter((type) => typeof type === 'string');
  return options;
}
