import type { Observation } from '@xsoar-intel/stix-pattern';
import { cutText, listLimits, textLimits } from './bounded-text.ts';
import { addNote } from './collect/collection.ts';
import type { MappingNote } from './types.ts';

/**
 * Compares OpenCTI's own `observable_values` (untrusted) with the values read from the pattern and
 * notes those that the pattern does not state as observed: OpenCTI also lists what stands behind
 * `!=`, and takes quotes out of values. The pattern decides; this is for whoever looks for a reason.
 */
export function crossCheck(
  listed: unknown,
  observations: readonly Observation[],
  notes: MappingNote[],
): void {
  if (!Array.isArray(listed) || listed.length === 0) return;
  const only = observations.length === 1 ? observations[0]?.values : undefined;
  const count = Math.min(listed.length, listLimits.observableValues);
  let stated: Set<string> | null = null;
  for (let at = 0; at < count; at += 1) {
    eachText(listed[at], (text) => {
      // Nearly every indicator has one value, and OpenCTI names the same.
      if (only?.length === 1 && only[0]?.value === text) return;
      stated ??= statedTexts(observations);
      if (stated.has(damaged(text))) return;
      addNote(notes, {
        kind: 'cross-check',
        detail: 'OpenCTI lists a value that the pattern does not state as observed',
        value: cutText(text, textLimits.shownValue),
      });
    });
  }
}

function statedTexts(observations: readonly Observation[]): Set<string> {
  const texts = new Set<string>();
  for (const { values } of observations) {
    for (const { value } of values) texts.add(damaged(String(value)));
  }
  return texts;
}

// OpenCTI's list has lost the quotes and kept the backslashes of the pattern's escapes.
function damaged(text: string): string {
  return text.replaceAll("'", '').replaceAll('\\', '').toLowerCase();
}

// A callback: a generator cost as much as the comparison itself.
function eachText(entry: unknown, take: (text: string) => void): void {
  if (typeof entry !== 'object' || entry === null) return;
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'type') continue;
    if (typeof value === 'string') take(value);
    else if (key === 'hashes' && typeof value === 'object' && value !== null) {
      for (const digest of Object.values(value)) if (typeof digest === 'string') take(digest);
    }
  }
}
