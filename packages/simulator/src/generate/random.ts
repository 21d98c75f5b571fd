/**
 * A small seeded generator of pseudo random numbers (mulberry32), so that every
 * run of the simulator can be repeated from its seed. Not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, 2^32). */
  word(): number;
  /** Uniform integer in [0, limit). */
  below(limit: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One element; throws on an empty list. */
  pick<T>(list: readonly T[]): T;
  /** `count` lower-case hexadecimal digits. */
  hex(count: number): string;
  /** A random UUID, version 4. */
  uuid(): string;
}

const bytes = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const byte = (value: number): string => bytes[value & 255] ?? '00';

function hexWord(word: number): string {
  return byte(word >>> 24) + byte(word >>> 16) + byte(word >>> 8) + byte(word);
}

/** A generator for `seed` (any integer; the low 32 bits count). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const next = (): number => word() / 4294967296;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    word,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const item = list[below(list.length)];
      if (item === undefined) throw new RangeError('cannot pick from an empty list');
      return item;
    },
    hex: (count) => {
      let text = '';
      while (text.length < count) text += hexWord(word());
      return text.slice(0, count);
    },
    uuid: () => {
      const a = hexWord(word());
      const b = hexWord((word() & 0xffff0fff) | 0x4000);
      const c = hexWord((word() & 0x3fffffff) | 0x80000000);
      const d = hexWord(word());
      return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
    },
  };
}
