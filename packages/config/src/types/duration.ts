import { bad, good, type ValueType } from './value-type.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const UNITS = new Map([
  ['', second],
  ['ms', 1],
  ['s', second],
  ['m', minute],
  ['h', hour],
  ['d', day],
  ['w', 7 * day],
]);

const ISO =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/i;

/**
 * A duration in milliseconds, or null if the text is none. `500ms`, `30s`, `5m`, `2h`, `7d`, `2w`;
 * a plain number means seconds; ISO 8601 (`PT30S`, `P30D`) without years and months, whose length
 * depends on the date.
 */
export function parseDuration(text: string): number | null {
  const simple = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]{0,2})$/i.exec(text);
  if (simple) {
    const unit = UNITS.get((simple[2] ?? '').toLowerCase());
    return unit === undefined ? null : Math.round(Number(simple[1]) * unit);
  }
  const iso = ISO.exec(text);
  if (iso === null || !/\d/.test(text) || /T$/i.test(text)) return null;
  const [weeks, days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
  return Math.round(
    (weeks ?? 0) * 7 * day +
      (days ?? 0) * day +
      (hours ?? 0) * hour +
      (minutes ?? 0) * minute +
      (seconds ?? 0) * second,
  );
}

/** Milliseconds in the largest unit that divides them, as {@link parseDuration} reads them. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of [
    ['d', day],
    ['h', hour],
    ['m', minute],
    ['s', second],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** A duration within bounds that are written the same way. */
export function duration(min: string, max: string): ValueType<number> {
  const least = parseDuration(min) ?? 0;
  const most = parseDuration(max) ?? Number.MAX_SAFE_INTEGER;
  return {
    label: `duration, ${min} to ${max}`,
    empty: 'problem',
    read(text) {
      const value = parseDuration(text);
      if (value === null) {
        return bad('a duration such as 500ms, 30s, 5m, 2h or 7d (a plain number means seconds)');
      }
      return value >= least && value <= most
        ? good(value)
        : bad(`a duration from ${min} to ${max}`);
    },
  };
}
