import type { Wanted } from '@xsoar-intel/pipeline';

/** Characters of a mapped request that a dead letter keeps. */
export const REQUEST_MAX = 4_096;

/**
 * What was to be pushed, as JSON for the dead letter: the indicator, or a list where the
 * entity has several values. A list is cut between two of them, and says how many are left out.
 */
export function requestText(wanted: readonly Wanted[]): string | null {
  const [first, ...others] = wanted.map(({ contribution }) => contribution);
  if (first === undefined) return null;
  if (others.length === 0) return first.slice(0, REQUEST_MAX);
  const kept: string[] = [];
  let length = 0;
  for (const one of [first, ...others]) {
    length += one.length + 1;
    if (length > REQUEST_MAX) break;
    kept.push(one);
  }
  if (kept.length === 0) return first.slice(0, REQUEST_MAX);
  const leftOut = wanted.length - kept.length;
  if (leftOut > 0) kept.push(JSON.stringify({ leftOut }));
  return `[${kept.join(',')}]`;
}
