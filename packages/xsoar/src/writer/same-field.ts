/** `2026-01-02T…`: XSOAR stores times with nanoseconds and with an offset. */
const TIME = /^\d{4}-\d\d-\d\dT/;

/**
 * Whether a field holds what is wanted already, however XSOAR spells it: nothing
 * and empty are the same, times are compared as times, and a list of texts has
 * no order (multi-selects). A difference that is none costs a needless edit; a
 * sameness that is none would lose a change, so anything else must be equal.
 */
export function isSameFieldValue(present: unknown, wanted: unknown): boolean {
  if (present === wanted) return true;
  if (isNothing(present) || isNothing(wanted)) return isNothing(present) && isNothing(wanted);
  if (typeof present === 'string' && typeof wanted === 'string') return isSameTime(present, wanted);
  if (Array.isArray(present) && Array.isArray(wanted)) return isSameList(present, wanted);
  if (isRecord(present) && isRecord(wanted)) {
    const names = new Set([...Object.keys(present), ...Object.keys(wanted)]);
    return [...names].every((name) => isSameFieldValue(present[name], wanted[name]));
  }
  return false;
}

/** Go writes its zero time where there is none. */
function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === '0001-01-01T00:00:00Z' ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** Whether a text is a time as XSOAR writes it. */
export function isTime(text: string): boolean {
  return TIME.test(text);
}

function isSameTime(a: string, b: string): boolean {
  return isTime(a) && isTime(b) && Date.parse(a) === Date.parse(b);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  const texts = [...a, ...b].every((item) => typeof item === 'string');
  const [left, right] = texts ? [a.toSorted(), b.toSorted()] : [a, b];
  return left.every((item, index) => isSameFieldValue(item, right[index]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
