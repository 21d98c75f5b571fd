import { createIdIndex } from './id-index.ts';
import { type Ioc, stixIdsOf } from './ioc.ts';
import { type MatchOptions, matches } from './match.ts';
import type { Query } from './query.ts';

/**
 * The search side of the store. XSOAR answers reads of this kind from an index that
 * runs behind its writes; here every change waits `lagMs` before searches see it.
 */
export interface SearchIndex {
  put(ioc: Ioc): void;
  remove(id: string): void;
  /** Hits in order of creation. */
  find(query: Query): Ioc[];
  clear(): void;
}

export interface SearchIndexOptions extends MatchOptions {
  now: () => number;
  lagMs: () => number;
}

type Change = { due: number; ioc: Ioc } | { due: number; removed: string };

export function createSearchIndex(options: SearchIndexOptions): SearchIndex {
  const documents = new Map<string, Ioc>();
  const byValue = createIdIndex();
  const byStixId = createIdIndex();
  let changes: Change[] = [];

  const forget = (id: string): void => {
    const old = documents.get(id);
    if (!old) return;
    byValue.remove(old.value.toLowerCase(), id);
    for (const stixId of stixIdsOf(old)) byStixId.remove(stixId.toLowerCase(), id);
    documents.delete(id);
  };
  const learn = (ioc: Ioc): void => {
    const old = documents.get(ioc.id);
    if (old && old.value !== ioc.value) byValue.remove(old.value.toLowerCase(), ioc.id);
    if (old) for (const stixId of stixIdsOf(old)) byStixId.remove(stixId.toLowerCase(), ioc.id);
    // The place in the map, hence the order of hits, stays that of the creation.
    documents.set(ioc.id, ioc);
    byValue.add(ioc.value.toLowerCase(), ioc.id);
    for (const stixId of stixIdsOf(ioc)) byStixId.add(stixId.toLowerCase(), ioc.id);
  };
  const carryOut = (change: Change): void => {
    if ('ioc' in change) learn(change.ioc);
    else forget(change.removed);
  };
  const catchUp = (): void => {
    if (changes.length === 0) return;
    const now = options.now();
    const due = changes.findIndex((change) => change.due > now);
    const ready = due < 0 ? changes : changes.slice(0, due);
    changes = due < 0 ? [] : changes.slice(due);
    for (const change of ready) carryOut(change);
  };
  const note = (change: Change): void => {
    if (changes.length === 0 && options.lagMs() <= 0) carryOut(change);
    else changes.push(change);
  };

  /** Ids that may match, found without a scan; null when only a scan can tell. */
  const candidates = (query: Query): Set<string> | null => {
    switch (query.kind) {
      case 'term': {
        const wanted = query.value.toLowerCase();
        if (!query.quoted && wanted.includes('*')) return null;
        if (query.field === 'id') return new Set(documents.has(query.value) ? [query.value] : []);
        if (query.field === 'stixid') return new Set(byStixId.get(wanted));
        if (query.field === 'value' && !options.looseValues) return new Set(byValue.get(wanted));
        return null;
      }
      case 'or': {
        const all = new Set<string>();
        for (const inner of query.queries) {
          const some = candidates(inner);
          if (!some) return null;
          for (const id of some) all.add(id);
        }
        return all;
      }
      case 'and': {
        const narrow = query.queries.map(candidates).filter((some) => some !== null);
        return narrow.sort((a, b) => a.size - b.size)[0] ?? null;
      }
      default:
        return null;
    }
  };

  return {
    put: (ioc) => note({ due: options.now() + options.lagMs(), ioc }),
    remove: (id) => note({ due: options.now() + options.lagMs(), removed: id }),
    find(query) {
      catchUp();
      const ids = candidates(query);
      if (!ids) return [...documents.values()].filter((ioc) => matches(query, ioc, options));
      const hits: Ioc[] = [];
      for (const id of ids) {
        const ioc = documents.get(id);
        if (ioc && matches(query, ioc, options)) hits.push(ioc);
      }
      return hits.sort((a, b) => Number(a.sequenceNumber) - Number(b.sequenceNumber));
    },
    clear() {
      documents.clear();
      byValue.clear();
      byStixId.clear();
      changes = [];
    },
  };
}
