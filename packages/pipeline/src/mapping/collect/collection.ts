import type { LeftOut, ObservedValue } from '@xsoar-intel/stix-pattern';
import { cutText, listLimits, textLimits } from '../bounded-text.ts';
import { observableTypeOf } from '../observable-types.ts';
import type { MappingNote, Skip, SkipReason } from '../types.ts';
import { valueKey } from '../value-key.ts';

/** An XSOAR indicator to be: its key, and the custom fields that come from the pattern. */
export interface Draft {
  type: string;
  value: string;
  fields: Readonly<Record<string, unknown>> | null;
  /** Where in the pattern it stands, for the order. */
  offset: number;
}

/** What has been read from a pattern so far. Bounded: patterns may state thousands of values. */
export interface Collection {
  readonly maxDrafts: number;
  readonly extraTypes: ReadonlyMap<string, string> | undefined;
  drafts: Draft[];
  /** The drafts by their key, once there are two: a value that is stated again is the same one. */
  known: Map<string, Draft> | null;
  leftOut: Skip[];
  notes: MappingNote[];
  /** Values that were not even looked at, because there were enough. */
  overflow: number;
}

/** An empty collection for at most `maxDrafts` indicators. */
export function startCollection(
  maxDrafts: number,
  extraTypes: ReadonlyMap<string, string> | undefined,
): Collection {
  return { maxDrafts, extraTypes, drafts: [], known: null, leftOut: [], notes: [], overflow: 0 };
}

/** Whether there are as many indicators as there may be. */
export function isFull(into: Collection): boolean {
  return into.drafts.length >= into.maxDrafts;
}

/**
 * Adds an indicator, or counts it where there are enough. One that is there already only gets the
 * fields that it lacks.
 */
export function addDraft(into: Collection, draft: Draft): void {
  if (isFull(into)) {
    into.overflow += 1;
    return;
  }
  if (into.drafts.length > 0) {
    into.known ??= new Map(into.drafts.map((other) => [keyOf(other), other]));
    const key = keyOf(draft);
    const same = into.known.get(key);
    if (same !== undefined) {
      if (draft.fields !== null) same.fields = { ...draft.fields, ...same.fields };
      return;
    }
    into.known.set(key, draft);
  }
  into.drafts.push(draft);
}

function keyOf({ type, value }: Draft): string {
  return valueKey(type, value);
}

/** Where something stands, for people: `file:hashes.MD5 at 12`. The offset counts from 0. */
export function placeOf(at: ObservedValue | LeftOut): string {
  return `${cutText(`${at.objectType}:${at.path}`, 120)} at ${at.offset}`;
}

/** Notes that a value, or a comparison without one, does not reach XSOAR. */
export function leaveOut(
  into: Collection,
  reason: SkipReason,
  at: ObservedValue | LeftOut,
  why: string,
): void {
  if (into.leftOut.length >= listLimits.leftOut) return;
  const skip: Skip = {
    reason,
    detail: cutText(`${placeOf(at)}: ${why}`, textLimits.detail),
    observableType: observableTypeOf(at.objectType),
    offset: at.offset,
    why,
  };
  if ('value' in at) skip.value = cutText(String(at.value), textLimits.shownValue);
  into.leftOut.push(skip);
}

/** Adds what must not be missing, in place of the last entry where there are too many. */
export function addSkip(leftOut: Skip[], skip: Skip): void {
  if (leftOut.length >= listLimits.leftOut) leftOut.pop();
  leftOut.push(skip);
}

/** Adds a note, unless there are too many already. */
export function addNote(notes: MappingNote[], note: MappingNote): void {
  if (notes.length < listLimits.notes) notes.push(note);
}

/** Keeps the original of a value that was changed on the way. */
export function noteChange(
  into: Collection,
  at: ObservedValue,
  value: string,
  kind: 'normalised' | 'retyped',
  what: string,
): void {
  addNote(into.notes, {
    kind,
    detail: cutText(`${placeOf(at)}: ${what}`, textLimits.detail),
    value: cutText(value, textLimits.shownValue),
    original: cutText(String(at.value), textLimits.shownValue),
    offset: at.offset,
    why: what,
  });
}
