/**
 * Brings one indicator to what is wanted, whatever it is now.
 *
 *   find by id, unless that is another value's, else by value
 *    │
 *    ├── absent ──▶ create ── stored ──▶ done (created)
 *    │                   ├── null ──▶ done (excluded)
 *    │                   ├── "exists" ──▶ wait for the index ─┬─ shows it ──▶ merge
 *    │                   │    the id hint is another value's ─┴──▶ create without the hint
 *    │                   └── refused in other words ──▶ one look ── shows it ──▶ merge
 *    └── present ──▶ merge ── equal, and the read is fresh ──▶ done (unchanged)
 *                      └── otherwise ──▶ edit ── stored ──▶ done (edited)
 *                            ▲             ├── version conflict ──▶ read again ──▶ merge (5 times)
 *                            │             ├── not found ──▶ find, without that one
 *                            │             └── refused in other words ──▶ one look by id:
 *                            │                   gone ──▶ find, without that one; newer ──▶ merge (once)
 *                            └── a create that met an existing one
 *
 * A request whose effect is unknown ends it with an uncertain error and is never
 * repeated in here: the next upsert begins with a look.
 */
import { isExisting, isNotFound, isUnclear, isVersionConflict } from '../failure/meaning.ts';
import type { DesiredIndicator, IocObject } from '../indicator.ts';
import type { KnownIndicator, UpsertResult } from '../indicator-writer.ts';
import { createFields } from '../write-request.ts';
import type { XsoarClient } from '../xsoar-client.ts';
import { XsoarError } from '../xsoar-error.ts';
import type { Finder } from './finder.ts';
import { isSameValue, isSpellingOf } from './match.ts';
import { mergeIndicator } from './merge.ts';
import { lookUntil, type Patience, sleepOrAbort } from './patience.ts';
import type { RecentWrites } from './recent-writes.ts';
import { isSameFieldValue } from './same-field.ts';

/** What an upsert works with. */
export interface UpsertParts {
  client: Pick<XsoarClient, 'create' | 'edit'>;
  finder: Finder;
  recent: RecentWrites;
  patience: Patience;
  /** Longest time until a write shows in the index, ms. */
  maxIndexLagMs: number;
  /** Edits that may lose against others. */
  maxConflicts: number;
}

/** Longest pause before reading again after a conflict, to let two writers fall apart; ms. */
const MAX_CONFLICT_PAUSE_MS = 50;

/** See the head of this file. */
export async function upsertIndicator(
  parts: UpsertParts,
  desired: DesiredIndicator,
  known: KnownIndicator,
  signal?: AbortSignal,
): Promise<UpsertResult> {
  const { finder } = parts;
  const target = { value: desired.value, type: desired.indicator_type };
  const gone = new Set<string>();
  let conflicts = 0;
  let unclear = 0;
  let current =
    (await findKnown(finder, desired, known, signal)) ?? (await finder.byValue(target, {}, signal));

  for (;;) {
    if (current === null) {
      const created = await createOrFind(parts, desired, gone, signal);
      if (created.kind === 'done') return created.result;
      current = created.object;
    }
    const { merged, changed } = mergeIndicator(
      current,
      desired,
      known.previousTags ?? [],
      known.previousFields ?? [],
      known.previousComments ?? [],
    );
    if (!changed && isFresh(parts, current, desired, known)) {
      return { outcome: 'unchanged', id: current.id, version: current.version };
    }
    try {
      parts.recent.touch(desired.value);
      const edited = await parts.client.edit(merged, signal);
      parts.recent.remember(edited);
      return { outcome: 'edited', id: edited.id, version: edited.version };
    } catch (error) {
      if (!(error instanceof XsoarError)) throw error;
      parts.recent.forget(current.id);
      if (isNotFound(error) && !gone.has(current.id)) {
        gone.add(current.id);
        current = await finder.byValue(target, { gone }, signal);
      } else if (isVersionConflict(error) && conflicts < parts.maxConflicts) {
        conflicts += 1;
        current = await readAgain(parts, current, error, signal);
      } else if (isUnclear(error) && unclear === 0) {
        unclear += 1;
        const shown = await finder.byId(current.id, signal);
        if (shown !== null && shown.version <= current.version) throw error;
        if (shown === null) gone.add(current.id);
        current = shown ?? (await finder.byValue(target, { gone }, signal));
      } else {
        throw error;
      }
    }
  }
}

/**
 * What stands under the id that is known. After XSOAR was restored, or is another, that may be
 * an indicator that has nothing to do with us.
 */
async function findKnown(
  finder: Finder,
  { value }: DesiredIndicator,
  { id }: KnownIndicator,
  signal?: AbortSignal,
): Promise<IocObject | null> {
  const found = id === undefined ? null : await finder.byId(id, signal);
  return found !== null && isSpellingOf(found.value, value) ? found : null;
}

/** What the index has shown is no older than our last write; see KnownIndicator.lastWriteAt. */
function isFresh(
  { recent, patience, maxIndexLagMs }: UpsertParts,
  shown: IocObject,
  desired: DesiredIndicator,
  known: KnownIndicator,
): boolean {
  // Something was sent lately, perhaps with an unknown effect.
  if (!recent.isQuiet(desired.value)) return false;
  if (known.lastWriteAt !== undefined) return patience.now() - known.lastWriteAt > maxIndexLagMs;
  return shown.id === known.id && shown.version === known.version;
}

type Created = { kind: 'done'; result: UpsertResult } | { kind: 'exists'; object: IocObject };

async function createOrFind(
  parts: UpsertParts,
  desired: DesiredIndicator,
  gone: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Created> {
  let created: IocObject | null;
  try {
    parts.recent.touch(desired.value);
    created = await parts.client.create(createFields(desired), signal);
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    if (!isExisting(error) && !isUnclear(error)) throw error;
    const object = await findExisting(parts, desired, gone, error, signal);
    if (object !== 'hint is taken') return { kind: 'exists', object };
    const { id: _hint, ...unhinted } = desired;
    return createOrFind(parts, unhinted, gone, signal);
  }
  if (created === null) {
    return { kind: 'done', result: { outcome: 'excluded', id: null, version: null } };
  }
  parts.recent.remember(created);
  if (isOlder(created, desired)) return { kind: 'exists', object: created };
  const { id, version } = created;
  return { kind: 'done', result: { outcome: 'created', id, version } };
}

/**
 * XSOAR says that the value is there, but its index may not show it for a while; where it
 * only may have said so, one look decides, for the exact value and type. A tenant that keeps the ids of clients may mean the id: then another value has it,
 * such as one that the Python connector, which sent one value per entity, gave it to.
 */
async function findExisting(
  parts: UpsertParts,
  desired: DesiredIndicator,
  gone: ReadonlySet<string>,
  cause: XsoarError,
  signal?: AbortSignal,
): Promise<IocObject | 'hint is taken'> {
  const target = { value: desired.value, type: desired.indicator_type };
  const exists = isExisting(cause);
  const look = async () => {
    const [found, holder] = await Promise.all([
      parts.finder.byValue(target, { gone, exists }, signal),
      desired.id === undefined ? null : parts.finder.byId(desired.id, signal),
    ]);
    if (found !== null || holder === null || gone.has(holder.id)) return found;
    return isSameValue(holder.value, desired.value) ? holder : 'hint is taken';
  };
  const maxMs = exists ? parts.maxIndexLagMs : 0;
  const existing = await lookUntil(look, maxMs, parts.patience, 'create', signal);
  if (existing !== null) return existing;
  if (!exists) throw cause;
  // A conflict, whatever the status was: it is worth another attempt later.
  throw new XsoarError({
    kind: 'status',
    operation: 'create',
    status: 409,
    uncertain: false,
    message: `${cause.message}; and no search finds it within ${parts.maxIndexLagMs} ms`,
    ...(cause.errorId === undefined ? {} : { errorId: cause.errorId }),
    ...(cause.body === undefined ? {} : { body: cause.body }),
    cause,
  });
}

/**
 * Reads until the index shows a newer version than the one that has lost. An older one is most
 * likely what was there before; only when nothing newer comes may it be one that was deleted and
 * created again under the same id, and counts its versions anew.
 */
async function readAgain(
  parts: UpsertParts,
  loser: IocObject,
  cause: XsoarError,
  signal?: AbortSignal,
): Promise<IocObject> {
  const pause = Math.round(parts.patience.random() * MAX_CONFLICT_PAUSE_MS);
  await sleepOrAbort(pause, parts.patience, 'edit', signal);
  let older: IocObject | null = null;
  const newer = await lookUntil(
    async () => {
      const object = await parts.finder.byId(loser.id, signal);
      if (object !== null && object.version > loser.version) return object;
      older = object?.version === loser.version ? null : object;
      return null;
    },
    parts.maxIndexLagMs,
    parts.patience,
    'edit',
    signal,
  );
  const winner = newer ?? older;
  if (winner === null) throw cause;
  return winner;
}

/**
 * Whether a create was answered with an indicator that was there before: XSOAR
 * may merge instead of refusing, or may keep what it had and say so with a 200.
 * Fields that are not in the answer tell nothing: a tenant may not know them.
 */
function isOlder(created: IocObject, desired: DesiredIndicator): boolean {
  if (created.version > 1) return true;
  if (typeof created.score === 'number' && created.score !== desired.score) return true;
  return Object.entries(created.CustomFields ?? {}).some(
    ([name, stored]) =>
      Object.hasOwn(desired.CustomFields, name) &&
      !isSameFieldValue(stored, desired.CustomFields[name]),
  );
}
