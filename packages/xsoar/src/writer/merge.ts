import type { DesiredIndicator, IocObject } from '../indicator.ts';
import { isSameFieldValue, isTime } from './same-field.ts';

/** Decorations of a search that are no part of the object. */
const SEARCH_ONLY = ['sortValues', 'highlight', 'cacheVersn', 'indexName', 'sizeInBytes'];

/** What is ours as soon as we have something to say about it. */
const OUR_FIELDS = [
  'score',
  'manualScore',
  'source',
  'expiration',
  'manualExpirationTime',
  'firstSeen',
  'timestamp',
] as const satisfies readonly (keyof DesiredIndicator)[];

/**
 * The indicator that was read, brought to what we want of it. Our fields win,
 * all others stay; value and type stay as they are, since an edit of them is
 * another indicator. `changed` says whether XSOAR has to be told.
 * @param previousTags tags that we set before
 * @param previousFields custom fields that we set before: those no longer wanted are emptied
 * @param previousComments comments that we may have set before: any other is an analyst's
 */
export function mergeIndicator(
  current: IocObject,
  desired: DesiredIndicator,
  previousTags: readonly string[],
  previousFields: readonly string[] = [],
  previousComments: readonly string[] = [],
): { merged: IocObject; changed: boolean } {
  const merged: IocObject = { ...current };
  for (const name of SEARCH_ONLY) delete merged[name];
  let changed = false;
  const set = (target: Map<string, unknown> | IocObject, name: string, value: unknown) => {
    const present = target instanceof Map ? target.get(name) : target[name];
    if (isSameFieldValue(present, value)) return;
    changed = true;
    if (target instanceof Map) target.set(name, value);
    else target[name] = value;
  };

  for (const name of OUR_FIELDS) {
    if (desired[name] !== undefined) set(merged, name, desired[name]);
  }
  // The one free comment is the analysts' as soon as one of them has written it.
  const ownComment =
    isEmptyText(current.comment) || previousComments.some((comment) => comment === current.comment);
  if (ownComment) set(merged, 'comment', desired.comment ?? '');

  const customFields = new Map(Object.entries(current.CustomFields ?? {}));
  for (const [name, value] of Object.entries(desired.CustomFields)) {
    if (value !== undefined && name !== 'tags') set(customFields, name, value);
  }
  for (const name of previousFields) {
    if (!Object.hasOwn(desired.CustomFields, name) && customFields.has(name)) {
      set(customFields, name, emptied(customFields.get(name)));
    }
  }
  const tags = mergeTags(
    asTags(customFields.get('tags')),
    asTags(desired.CustomFields.tags),
    previousTags,
  );
  set(customFields, 'tags', tags);
  merged.CustomFields = Object.fromEntries(customFields);
  return { merged, changed };
}

/**
 * Names of the fields in which an indicator is another than the one that it was merged to, custom
 * fields by their own names, in the order of the alphabet.
 */
export function changedFields(current: IocObject, merged: IocObject): string[] {
  const fieldsOf = (object: IocObject) => ({ ...object, ...object.CustomFields });
  const [before, after]: Record<string, unknown>[] = [fieldsOf(current), fieldsOf(merged)];
  return Object.keys(after ?? {})
    .filter((name) => name !== 'CustomFields' && !SEARCH_ONLY.includes(name))
    .filter((name) => !isSameFieldValue(before?.[name], after?.[name]))
    .sort();
}

/** Foreign tags in their order, then ours; those of ours that we no longer want are gone. */
export function mergeTags(
  current: readonly string[],
  ours: readonly string[],
  previous: readonly string[],
): string[] {
  const wanted = new Set(ours);
  const dropped = new Set(previous.filter((tag) => !wanted.has(tag)));
  return [...new Set([...current.filter((tag) => !dropped.has(tag)), ...ours])];
}

/** Nothing, in the kind of the value: a key that is left out of an edit may be kept by XSOAR. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return typeof value === 'string' && !isTime(value) ? '' : null;
}

function asTags(value: unknown): string[] {
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}

function isEmptyText(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
