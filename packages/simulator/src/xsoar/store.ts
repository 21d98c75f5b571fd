import { createHash } from 'node:crypto';
import type { Behaviour } from './behaviour.ts';
import { editedIoc, type Ioc, newIoc } from './ioc.ts';
import { parseQuery } from './query.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';

/** What a write came to. */
export type WriteResult =
  | { kind: 'stored'; ioc: Ioc; fresh: boolean }
  | { kind: 'excluded' }
  | { kind: 'duplicate'; ioc: Ioc }
  | { kind: 'missing' }
  | { kind: 'stale'; stored: number; given: number };

/** An entry of the exclusion list. */
export interface Exclusion {
  id: string;
  value: string;
  reason: string;
}

/** The indicators of one tenant. */
export interface Store {
  create(given: Record<string, unknown>): WriteResult;
  edit(given: Record<string, unknown>): WriteResult;
  /** Deletes the object with this id; false when there is none. */
  delete(id: string): boolean;
  /** Hits among what the search index has seen. Throws `QueryError`. */
  search(query: string): Ioc[];
  get(id: string): Ioc | undefined;
  byValue(value: string): Ioc | undefined;
  exclude(value: string, reason: string): Exclusion;
  include(value: string): boolean;
  exclusions(): Exclusion[];
  all(): IterableIterator<Ioc>;
  readonly size: number;
  clear(): void;
}

export interface StoreOptions {
  behaviour: Behaviour;
  now: () => number;
  account: string;
}

export function createStore(options: StoreOptions): Store {
  const { behaviour, now } = options;
  const objects = new Map<string, Ioc>();
  const idByValue = new Map<string, string>();
  const exclusions = new Map<string, Exclusion>();
  const index: SearchIndex = createSearchIndex({
    now,
    lagMs: () => behaviour.indexLagMs,
    get looseValues() {
      return behaviour.looseValues;
    },
  });
  let sequence = 0;

  const save = (ioc: Ioc): void => {
    const old = objects.get(ioc.id);
    if (old && old.value !== ioc.value && idByValue.get(old.value) === ioc.id)
      idByValue.delete(old.value);
    objects.set(ioc.id, ioc);
    idByValue.set(ioc.value, ioc.id);
    index.put(ioc);
  };

  let lastMs = Number.NaN;
  let lastTime = '';
  const time = (): string => {
    const ms = now();
    // Several writes fall into one ms.
    if (ms !== lastMs) {
      lastMs = ms;
      lastTime = new Date(ms).toISOString();
    }
    return lastTime;
  };

  const idFor = (given: Record<string, unknown>): string => {
    if (behaviour.compat && typeof given.id === 'string' && given.id !== '') return given.id;
    if (behaviour.ids === 'md5') return createHash('md5').update(String(given.value)).digest('hex');
    return String(sequence);
  };

  const checkVersion = (stored: Ioc, given: Record<string, unknown>): WriteResult | null => {
    if (behaviour.compat) return null;
    const version = typeof given.version === 'number' ? given.version : null;
    if (version === -1 || version === stored.version) return null;
    if (version === null && behaviour.missingVersion === 'accept') return null;
    return { kind: 'stale', stored: stored.version, given: version ?? 0 };
  };

  const store: Store = {
    create(given) {
      const sent = String(given.value);
      const value = behaviour.values === 'lower-case' ? sent.toLowerCase() : sent;
      if (exclusions.has(value.toLowerCase())) return { kind: 'excluded' };
      const knownId = behaviour.compat ? given.id : idByValue.get(value);
      const known = typeof knownId === 'string' ? objects.get(knownId) : undefined;
      if (known) {
        const { duplicates } = behaviour;
        if (behaviour.compat || duplicates === 'conflict' || duplicates === 'bad-request')
          return { kind: 'duplicate', ioc: known };
        if (duplicates === 'keep') return { kind: 'stored', ioc: known, fresh: false };
        const mode = duplicates === 'replace' ? 'wipe' : 'merge';
        const merged = editedIoc(known, given, mode, time());
        save(merged);
        return { kind: 'stored', ioc: merged, fresh: false };
      }
      sequence += 1;
      const setBy = 'api';
      const stamp = {
        id: idFor({ ...given, value }),
        sequence,
        at: time(),
        account: options.account,
        setBy,
      };
      const ioc = newIoc({ ...given, value }, stamp);
      save(ioc);
      return { kind: 'stored', ioc, fresh: true };
    },
    edit(given) {
      const stored = objects.get(String(given.id));
      if (!stored) return { kind: 'missing' };
      const stale = checkVersion(stored, given);
      if (stale) return stale;
      const value = behaviour.compat && typeof given.value === 'string' ? given.value : undefined;
      const mode = behaviour.compat ? 'wipe' : behaviour.partialEdit;
      const ioc = editedIoc(stored, given, mode, time(), value);
      save(ioc);
      return { kind: 'stored', ioc, fresh: false };
    },
    delete(id) {
      const stored = objects.get(id);
      if (!stored) return false;
      objects.delete(id);
      if (idByValue.get(stored.value) === id) idByValue.delete(stored.value);
      index.remove(id);
      return true;
    },
    search(text) {
      return index.find(parseQuery(text));
    },
    get: (id) => objects.get(id),
    byValue: (value) => objects.get(idByValue.get(value) ?? ''),
    exclude(value, reason) {
      const entry = { id: String(exclusions.size + 1), value, reason };
      exclusions.set(value.toLowerCase(), entry);
      return entry;
    },
    include: (value) => exclusions.delete(value.toLowerCase()),
    exclusions: () => [...exclusions.values()],
    all: () => objects.values(),
    get size() {
      return objects.size;
    },
    clear() {
      objects.clear();
      idByValue.clear();
      exclusions.clear();
      index.clear();
    },
  };
  return store;
}
