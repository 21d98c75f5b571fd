import { bad, good, hasControls, type Reading, type ValueType } from './value-type.ts';

const MAX_ENTRIES = 10_000;

/** The entries of a text: between commas and line ends, trimmed; lines that start with # are left out. */
export function entriesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A list of texts, without repeats. */
export function list(label = 'list'): ValueType<readonly string[]> {
  return {
    label,
    empty: 'default',
    several: true,
    read(text) {
      const entries = [...new Set(entriesOf(text))];
      if (entries.some(hasControls))
        return bad('a list separated by commas, no control characters');
      return entries.length <= MAX_ENTRIES ? good(entries) : bad(`at most ${MAX_ENTRIES} entries`);
    },
  };
}

/** A list whose entries are of another type. */
export function listOf<T>(type: ValueType<T>): ValueType<readonly T[]> {
  return {
    label: `list of ${type.label}`,
    empty: 'default',
    several: true,
    read(text): Reading<readonly T[]> {
      const values = new Set<T>();
      for (const entry of entriesOf(text)) {
        const read = type.read(entry);
        if (!read.ok) return bad(`a list separated by commas, each ${read.expected}`);
        values.add(read.value);
      }
      return good([...values]);
    },
  };
}

/** `user-agent:value=User Agent, text:value=Text`: XSOAR types by observable. */
export const typesByObservable: ValueType<ReadonlyMap<string, string>> = {
  label: 'list of `observable:property=XSOAR type`',
  empty: 'default',
  several: true,
  read(text) {
    const pairs = new Map<string, string>();
    for (const entry of entriesOf(text)) {
      const equals = entry.indexOf('=');
      const observable = entry.slice(0, Math.max(equals, 0)).trim();
      const type = entry.slice(equals + 1).trim();
      if (!/^[a-z0-9-]+:[^\s:]+$/.test(observable) || type === '' || hasControls(type)) {
        return bad('pairs such as "user-agent:value=User Agent", separated by commas');
      }
      pairs.set(observable, type);
    }
    return good(pairs);
  },
};

/** Lower bounds of the verdicts Good, Suspicious and Bad, as three ascending scores. */
export interface Thresholds {
  /** A score above these has the verdict. */
  readonly good: number;
  readonly suspicious: number;
  readonly bad: number;
}

/**
 * `1,31,61`: the lowest score of each verdict. Kept as the greatest score below it, which is how
 * the Python connector compares (`> 60`), so that a fraction such as 60.5 falls as it did there.
 */
export const thresholds: ValueType<Thresholds> = {
  label: 'three scores',
  empty: 'default',
  several: true,
  read(text) {
    const numbers = entriesOf(text).map((entry) => (/^\d{1,3}$/.test(entry) ? Number(entry) : -1));
    const [lowest = -1, middle = -1, highest = -1] = numbers;
    const ascending = lowest >= 0 && lowest < middle && middle < highest && highest <= 100;
    return numbers.length === 3 && ascending
      ? good({ good: lowest - 1, suspicious: middle - 1, bad: highest - 1 })
      : bad('three ascending scores from 0 to 100: where Good, Suspicious and Bad begin');
  },
};
