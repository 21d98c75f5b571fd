import { bad, good, type ValueType } from './value-type.ts';

const UNITS = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
]);

/** A size in bytes, or null if the text is none: `4MiB`, `64KiB`, `10MB`; plain: bytes. */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]{0,3})$/i.exec(text);
  const unit = match ? UNITS.get((match[2] ?? '').toLowerCase()) : undefined;
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : null;
}

/** A size within bounds that are written the same way. */
export function bytes(min: string, max: string): ValueType<number> {
  const least = parseBytes(min) ?? 0;
  const most = parseBytes(max) ?? Number.MAX_SAFE_INTEGER;
  return {
    label: `size, ${min} to ${max}`,
    empty: 'problem',
    read(text) {
      const value = parseBytes(text);
      return value !== null && value >= least && value <= most
        ? good(value)
        : bad(`a size from ${min} to ${max}, such as 512KiB or 4MiB (a plain number means bytes)`);
    },
  };
}
