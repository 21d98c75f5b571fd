import { isCaseless } from '../caseless.ts';
import type { IocObject } from '../indicator.ts';

/** What an indicator is found by. */
export interface Target {
  value: string;
  type: string;
}

/**
 * Which of the indicators that a search found is the one meant, if any: a quoted
 * value may match words and ignore case.
 * @param isKnownToExist XSOAR has said that there is one, so that one of another
 *   type or in another case is it: the value is XSOAR's real key
 */
export function pickMatch(
  found: readonly IocObject[],
  target: Target,
  isKnownToExist = false,
): IocObject | null {
  let best: IocObject | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const object of found) {
    const rank = rankOf(object, target, isKnownToExist);
    // Of equals always the same one, so that two workers meet on it.
    if (rank < bestRank || (rank === bestRank && best !== null && object.id < best.id)) {
      best = object;
      bestRank = rank;
    }
  }
  return best;
}

/** The value is the same but for the case. */
export function isSameValue(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

/**
 * Whether XSOAR may have made the stored value of the wanted one: in another case, defanged or
 * refanged, with or without a dot, a slash or blanks at its ends. To tell under an id that is
 * known whether it is still the same indicator, not to find one.
 */
export function isSpellingOf(stored: string, wanted: string): boolean {
  return stored === wanted || bare(stored) === bare(wanted);
}

function bare(value: string): string {
  return value
    .normalize('NFC')
    .toLowerCase()
    .replace(/^hxxp/, 'http')
    .replace(/[[({]([.:@])[\])}]/g, '$1')
    .trim()
    .replace(/[./]$/, '');
}

/** The lower, the better; infinite for none at all. */
function rankOf(object: IocObject, { value, type }: Target, isKnownToExist: boolean): number {
  if (!isSameValue(object.value, value)) return Number.POSITIVE_INFINITY;
  const exact = object.value === value;
  const sameType = object.indicator_type.toLowerCase() === type.toLowerCase();
  if (exact && sameType) return 0;
  if (sameType && isCaseless(type, value)) return 1;
  if (!isKnownToExist) return Number.POSITIVE_INFINITY;
  if (exact) return 2;
  return sameType ? 3 : 4;
}
