/** Names longer than this are not compared: nobody means them. */
const LONGEST = 64;

/**
 * The known name that an unknown one was most likely meant to be, or null. A fifth of its letters
 * may differ, two at least.
 */
export function suggest(unknown: string, known: Iterable<string>): string | null {
  if (unknown.length > LONGEST) return null;
  let best: string | null = null;
  let least = Math.max(2, Math.floor(unknown.length / 5)) + 1;
  for (const name of known) {
    const distance = editDistance(unknown, name, least);
    if (distance < least && distance < Math.max(unknown.length, name.length) / 2) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
