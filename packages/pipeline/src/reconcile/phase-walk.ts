/**
 * Phase 1: goes over the stream's current set, and notes what looks different in XSOAR.
 *
 * What changes before the listing comes to it moves behind its end. So what lies there is listed as
 * well, up to what is the newest event by then, a few times, each of them shorter. Only what changes in
 * every one of them is not looked at.
 */
import { createHash } from 'node:crypto';
import { entityIdOf } from '@xsoar-intel/opencti';
import { parseContribution } from '../mapping/contribution.ts';
import { ListingError } from './errors.ts';
import { lookAt, type Subject, stixIdsIn, subjectsOf } from './look.ts';
import type { PhaseParts } from './parts.ts';
import type { Suspect } from './run-store.ts';
import { entityMark, stixMark, valueMark } from './seen.ts';
import { readBounds } from './stream-head.ts';
import { type StreamPage, walkStream } from './walk-stream.ts';

/** Indicators a page: at one value each, two searches. */
const PAGE_SIZE = 200;

/** Listings of what moved behind the one before. */
const FOLLOW_UPS_MAX = 3;

/** Walks to the end, and over what moved behind it. */
export async function walk(parts: PhaseParts): Promise<void> {
  const { run, redis, keys } = parts;
  const { options } = run.state;
  const known = options.since === null ? await redis.hlen(keys.bindings) : null;
  for (;;) {
    const { listed } = run.state.counts;
    await walkOnce(parts, known);
    const { followUps, recoverMs: ended, counts } = run.state;
    const hasNothingNew = followUps > 0 && counts.listed === listed;
    if (hasNothingNew || followUps >= FOLLOW_UPS_MAX) break;
    const bounds = await readBounds(parts);
    if (bounds.recoverMs <= ended) break;
    await run.commit({ set: { ...bounds, streamAt: `${ended}-0`, followUps: followUps + 1 } });
  }
  if (run.state.counts.listed === 0 && (known ?? 0) > 0) {
    throw new ListingError(
      'OpenCTI',
      `it listed nothing, while ${known} indicators are known here`,
    );
  }
  const { unreadable } = run.state.counts;
  const notes =
    unreadable === 0
      ? []
      : [`${unreadable} events of the listing could not be read: what they spoke of is not judged`];
  await run.commit({
    set: {
      phase: 'confirm',
      phaseAt: parts.now(),
      listAt: 0,
      notes: [...run.state.notes, ...notes],
    },
  });
}

async function walkOnce(parts: PhaseParts, known: number | null): Promise<void> {
  const { run, stream, gate, signal, onProgress } = parts;
  const { streamAt, recoverMs } = run.state;
  for await (const page of walkStream(stream, streamAt, recoverMs, PAGE_SIZE, signal)) {
    await gate.toRead(signal);
    await takePage(parts, page);
    onProgress({ phase: 'walk', done: run.state.counts.listed, of: known });
  }
  signal.throwIfAborted();
}

async function takePage(parts: PhaseParts, page: StreamPage): Promise<void> {
  const { run } = parts;
  // Once each, though a listing that went on somewhere repeats the last of what it had.
  const byEntity = new Map(page.objects.map((object) => [entityIdOf(object) ?? '', object]));
  byEntity.delete('');
  const ids = [...byEntity.keys()];
  const done = await run.seen.has(ids.map(entityMark));
  const objects = ids.flatMap((id, index) => (done[index] ? [] : (byEntity.get(id) ?? [])));
  const subjects = await subjectsOf(parts, objects);
  const sample = subjects.filter(({ entityId }) => isChosen(entityId, run.state.options.share));
  const looks = await lookAt(parts, parts.lookups, sample, false);

  const suspects: Suspect[] = [];
  const add = { compared: 0, equal: 0, excluded: 0 };
  for (const [entityId, values] of looks) {
    let suspect = false;
    for (const { verdict } of values) {
      add.compared += 1;
      if (verdict.kind === 'equal' || verdict.kind === 'excluded') add[verdict.kind] += 1;
      else suspect = true;
    }
    if (suspect) suspects.push({ entityId, looks: 0 });
  }
  const leftOut = subjects.filter(({ skip }) => skip !== null).length;
  await run.commit({
    set: { streamAt: page.lastId },
    add: { ...add, listed: subjects.length, leftOut, unreadable: page.unreadable },
    marks: subjects.flatMap(marksOf),
    suspects,
  });
}

function marksOf({ entityId, object, wanted }: Subject): string[] {
  return [
    entityMark(entityId),
    entityMark(object.id),
    ...wanted.flatMap(({ contribution }) => {
      const { value } = parseContribution(contribution);
      const stixIds = stixIdsIn(contribution);
      return [valueMark(entityId, value), ...stixIds.map((id) => stixMark(id, value))];
    }),
  ];
}

/** The same indicators in each run. */
function isChosen(entityId: string, share: number): boolean {
  if (share >= 1) return true;
  return createHash('sha256').update(entityId).digest().readUInt32BE() / 2 ** 32 < share;
}
