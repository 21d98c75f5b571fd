/**
 * Ids by key. Nearly every key has one id, so a set is made only for the second one:
 * a set for each of a million values would be most of the memory.
 */
export interface IdIndex {
  add(key: string, id: string): void;
  remove(key: string, id: string): void;
  get(key: string): string[];
  clear(): void;
}

export function createIdIndex(): IdIndex {
  const ids = new Map<string, string | Set<string>>();
  return {
    add(key, id) {
      const known = ids.get(key);
      if (known === undefined) ids.set(key, id);
      else if (typeof known !== 'string') known.add(id);
      else if (known !== id) ids.set(key, new Set([known, id]));
    },
    remove(key, id) {
      const known = ids.get(key);
      if (known === id) ids.delete(key);
      else if (known instanceof Set && known.delete(id) && known.size === 0) ids.delete(key);
    },
    get(key) {
      const known = ids.get(key);
      if (known === undefined) return [];
      return typeof known === 'string' ? [known] : [...known];
    },
    clear: () => ids.clear(),
  };
}
