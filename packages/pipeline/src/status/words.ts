/** Numbers and times as people read them; the same words on the status page and in the terminal. */

const grouped = new Intl.NumberFormat('en-US');

/** `12,345`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 entity`, `2 entities`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const UNITS: readonly [limitMs: number, unitMs: number, name: string][] = [
  [120_000, 1_000, 's'],
  [7_200_000, 60_000, 'min'],
  [172_800_000, 3_600_000, 'h'],
  [Number.POSITIVE_INFINITY, 86_400_000, 'd'],
];

/** A length of time in one unit: `45 s`, `17 min`, `5 h`, `12 d`. */
export function duration(ms: number): string {
  const [, unitMs, name] = UNITS.find(([limit]) => Math.abs(ms) < limit) ?? [0, 1_000, 's'];
  return `${count(Math.round(ms / unitMs))} ${name}`;
}

/** `3 min ago`, `in 20 s`, `now`. */
export function ago(ms: number): string {
  if (Math.abs(ms) < 1_000) return 'now';
  return ms < 0 ? `in ${duration(-ms)}` : `${duration(ms)} ago`;
}

/** `2026-02-01 09:30:00 UTC`; `unknown` where the number is beyond what dates can be. */
export function instant(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'unknown';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
