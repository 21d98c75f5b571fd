/**
 * Makes one indicator absent.
 *
 *   id known ────────────────────▶ delete ◀─── again, after a pause ───┐
 *   unknown ── find by value ─┬──▶   ├── in updatedIds ──▶ deleted     │
 *                │            │      ├── not, and written lately ──────┘
 *                │            │      └── not ──▶ look by id ── still there ──▶ delete by id alone ── not ──▶ conflict (retry later)
 *                │            │                     └── not there, or another value's ──▶ find by value, without that one
 *                │            └──────────── another one ──────────────────────┘
 *                └── none ──▶ absent
 *
 * A remembered id may be another indicator's by now, where XSOAR was restored or is
 * another: a delete names the value beside the id, and the id alone only where a look
 * has just shown whose it is.
 *
 * A status 200 means nothing here: XSOAR gives it to deletes that do nothing.
 * Nor does an index that shows nothing, as long as it may not have seen our last
 * write yet: XSOAR deletes what a search finds, so a delete that comes soon after
 * a create passes it by.
 */
import { isNotFound } from '../failure/meaning.ts';
import type { IocObject } from '../indicator.ts';
import type { RemovalTarget } from '../indicator-writer.ts';
import type { DeleteTarget } from '../write-request.ts';
import { XsoarError } from '../xsoar-error.ts';
import type { Deletions } from './deletions.ts';
import type { Finder } from './finder.ts';
import { isSpellingOf } from './match.ts';
import { type Patience, pauseMs, sleepOrAbort } from './patience.ts';
import type { RecentWrites } from './recent-writes.ts';

/** What a removal works with. */
export interface RemoveParts {
  deletions: Pick<Deletions, 'delete'>;
  finder: Finder;
  recent: RecentWrites;
  patience: Patience;
  /** How long after a write a delete that finds nothing is repeated, ms. */
  maxLagMs: number;
}

/** Looks at one that XSOAR has not deleted, until we believe that it is still there. */
const LOOKS = 3;
/** Indicators of the same value that are tried in one removal. */
const MAX_CANDIDATES = 3;

/** See the head of this file. */
export async function removeIndicator(
  parts: RemoveParts,
  target: RemovalTarget,
  reason: string,
  signal?: AbortSignal,
): Promise<{ outcome: 'deleted' | 'absent' }> {
  const gone = new Set<string>();
  const find = () => parts.finder.byValue(target, { gone }, signal);
  let one = target.id === undefined ? await find() : { id: target.id, value: target.value };
  while (one !== null && gone.size < MAX_CANDIDATES) {
    const { id, value } = one;
    const until = parts.maxLagMs + lastWriteAt(parts, target, id);
    parts.recent.touch(target.value);
    const deleted = await deleteOnceShown(parts, { id, value }, until, reason, signal);
    parts.recent.forget(id);
    if (deleted) return { outcome: 'deleted' };
    const left = await shownStill(parts, id, signal);
    if (left !== null && isSpellingOf(left.value, target.value)) {
      if (await deleteOne(parts, id, reason, signal)) return { outcome: 'deleted' };
      throw stillThere(id);
    }
    gone.add(id);
    one = await find();
  }
  return { outcome: 'absent' };
}

/** When this indicator was last written as far as anyone knows, ms since 1970. */
function lastWriteAt({ recent }: RemoveParts, target: RemovalTarget, id: string): number {
  const byAnyone = id === target.id ? target.lastWriteAt : undefined;
  return Math.max(byAnyone ?? Number.NEGATIVE_INFINITY, recent.writtenAt(id));
}

/** Deletes again while the index may not show it yet; the last time when it must. */
async function deleteOnceShown(
  parts: RemoveParts,
  one: DeleteTarget,
  until: number,
  reason: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { patience } = parts;
  for (let tries = 0; ; tries += 1) {
    if (await deleteOne(parts, one, reason, signal)) return true;
    const left = until - patience.now();
    if (left <= 0) return false;
    const pause = Math.min(left, pauseMs(tries, patience.random()));
    await sleepOrAbort(pause, patience, 'delete', signal);
  }
}

async function deleteOne(
  parts: RemoveParts,
  one: DeleteTarget,
  reason: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return await parts.deletions.delete(one, reason, signal);
  } catch (error) {
    if (error instanceof XsoarError && isNotFound(error)) return false;
    throw error;
  }
}

/** What the index shows under an id in all of several looks: it may show for a while what is gone. */
async function shownStill(
  parts: RemoveParts,
  id: string,
  signal?: AbortSignal,
): Promise<IocObject | null> {
  let shown: IocObject | null = null;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (looks > 0) {
      const pause = pauseMs(looks, parts.patience.random());
      await sleepOrAbort(pause, parts.patience, 'delete', signal);
    }
    shown = await parts.finder.byId(id, signal);
    if (shown === null) return null;
  }
  return shown;
}

/** Worth another attempt: the index may lag, or the key may lack the right to delete. */
function stillThere(id: string): XsoarError {
  return new XsoarError({
    kind: 'status',
    operation: 'delete',
    status: 409,
    uncertain: true,
    message: `delete: XSOAR has not deleted indicator ${id}, though it gave no error; if this stays so, check whether the key's role may delete indicators`,
  });
}
