/**
 * What becomes of an XSOAR indicator that nothing in OpenCTI stands behind any
 * more: it was deleted, left the stream's filter, is filtered out here, or its
 * pattern names another value now. While another entity wants the value, none of
 * this applies.
 */
import type { DesiredIndicator } from '@xsoar-intel/xsoar';

/** How it is treated: removed, expired, marked by a tag, or left as it is. */
export const DELETE_MODES = ['delete', 'expire', 'tag', 'ignore'] as const;

/** `XSOAR_DELETE_MODE` and `XSOAR_DELETE_TAG`. */
export interface RemovalOptions {
  mode: (typeof DELETE_MODES)[number];
  tag: string;
}

/** What is to be done with one indicator. */
export type Removal =
  | { kind: 'remove' }
  | { kind: 'edit'; desired: DesiredIndicator; action: 'expired' | 'tagged' }
  | { kind: 'leave' };

/**
 * Decides for a value without contributions.
 * @param record.last JSON of what was wanted last; null where nobody knows
 * @param now ISO date
 */
export function removalOf(
  record: { last: string | null },
  { mode, tag }: RemovalOptions,
  now: string,
): Removal {
  if (mode === 'delete') return { kind: 'remove' };
  // Without what was wanted last there is nothing to edit with.
  if (mode === 'ignore' || record.last === null) return { kind: 'leave' };
  const last = JSON.parse(record.last) as DesiredIndicator;
  if (mode === 'expire') {
    const desired = { ...last, expiration: now, manualExpirationTime: now };
    return { kind: 'edit', desired, action: 'expired' };
  }
  const { tags } = last.CustomFields;
  const own = Array.isArray(tags) ? tags.filter((one) => one !== tag) : [];
  const desired = { ...last, CustomFields: { ...last.CustomFields, tags: [...own, tag] } };
  return { kind: 'edit', desired, action: 'tagged' };
}

/** Tags that are ours beside those that were written last: a push that died may have set it. */
export function removalTags({ mode, tag }: RemovalOptions): string[] {
  return mode === 'tag' ? [tag] : [];
}
