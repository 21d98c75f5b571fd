import { listLimits } from './bounded-text.ts';
import { instantMs } from './instant.ts';
import { tlpRank } from './tlp.ts';

/** Most STIX ids that are kept in the field `stixid`; the owner's is always among them. */
export const maxStixIds = 100;

const separator = ', ';

/** The STIX ids in a field that may hold several. */
export function stixIdsOf(field: unknown): string[] {
  return typeof field === 'string' && field !== '' ? field.split(separator) : [];
}

/** All STIX ids, the owner's first and the rest in order, as one text; undefined without any. */
export function joinStixIds(fields: readonly unknown[]): string | undefined {
  const [first] = fields.flatMap(stixIdsOf);
  if (first === undefined) return undefined;
  const others = new Set(fields.flatMap(stixIdsOf));
  others.delete(first);
  const sorted = [...others].sort().slice(0, maxStixIds - 1);
  return [first, ...sorted].join(separator);
}

/** The most restrictive of the TLP values; null only if nobody has one. */
export function strictestTlp(fields: readonly unknown[]): string | null {
  let strictest: string | null = null;
  for (const field of fields) {
    if (typeof field !== 'string') continue;
    if (strictest === null || tlpRank(field) > tlpRank(strictest)) strictest = field;
  }
  return strictest;
}

/** The earliest of the instants; undefined without any. */
export function earliest(fields: readonly unknown[]): string | undefined {
  return extreme(fields, -1);
}

/** The latest of the instants; undefined without any. */
export function latest(fields: readonly unknown[]): string | undefined {
  return extreme(fields, 1);
}

// Equal moments may be written differently; the text then decides, so that the order does not.
function extreme(fields: readonly unknown[], sign: 1 | -1): string | undefined {
  let best: string | undefined;
  for (const field of fields) {
    if (typeof field !== 'string' || Number.isNaN(instantMs(field))) continue;
    if (best === undefined) best = field;
    else {
      const difference = instantMs(field) - instantMs(best);
      if (difference === 0 ? field < best : difference * sign > 0) best = field;
    }
  }
  return best;
}

/** The entries of all lists, each once; undefined if nobody has a list. */
export function union(fields: readonly unknown[], max: number): unknown[] | undefined {
  const lists = fields.filter((field): field is unknown[] => Array.isArray(field));
  if (lists.length === 0) return undefined;
  const seen = new Set<unknown>();
  const merged: unknown[] = [];
  for (const entry of lists.flat()) {
    // Rows of a grid are objects: equal ones are the same row.
    const key = typeof entry === 'object' ? JSON.stringify(entry) : entry;
    if (seen.has(key) || merged.length === max) continue;
    seen.add(key);
    merged.push(entry);
  }
  return merged;
}

/**
 * The publications of all, each once. The link to a contributor's own object carries the time of its
 * last change, so rows are told apart by title, source and link alone.
 */
export function unionOfPublications(fields: readonly unknown[]): unknown[] | undefined {
  const lists = fields.filter((field): field is unknown[] => Array.isArray(field));
  if (lists.length === 0) return undefined;
  const seen = new Set<string>();
  return lists
    .flat()
    .filter((row) => {
      const { title, source, link } = Object(row) as Record<string, unknown>;
      const key = JSON.stringify([title, source, link]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, listLimits.publications);
}
