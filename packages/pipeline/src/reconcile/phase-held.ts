/**
 * Phase 3: goes over what XSOAR holds from us, and notes what the listing of OpenCTI does not
 * stand behind. Only our own records are asked here; phase 4 asks both sides again.
 */
import type { IocObject } from '@xsoar-intel/xsoar';
import { stixIdsOf } from '@xsoar-intel/xsoar';
import { valueKey } from '../mapping/value-key.ts';
import { type OwnedRecord, readOwnedRecords } from '../queue/value-record.ts';
import { ListingError } from './errors.ts';
import { stixIdsIn } from './look.ts';
import type { PhaseParts } from './parts.ts';
import { beginningOf, type Candidate, type Run } from './run-store.ts';
import { stixMark, valueMark } from './seen.ts';
import { walkHeld } from './walk-held.ts';

/** Walks to the end, from where it was left, or anew where that place is lost. */
export async function lookForExtras(parts: PhaseParts): Promise<void> {
  const { run } = parts;
  if (run.state.options.since === null) {
    try {
      await walkAll(parts);
    } catch (error) {
      // Else a resumed run would ask for the same place, again and again.
      if (error instanceof ListingError && error.isPlaceLost) await forgetPlace(run);
      throw error;
    }
    refuseNothing(parts);
  }
  await run.commit({ set: { phase: 'recheck', phaseAt: parts.now(), listAt: 0 } });
}

async function walkAll(parts: PhaseParts): Promise<void> {
  const { run, xsoar, source, signal, gate, onProgress } = parts;
  const sources = [source, ...(run.state.options.formerSources ?? [])];
  for await (const { objects, cursor, total } of walkHeld(xsoar, sources, run.state.held, signal)) {
    await refuseEmptiness(run, total);
    await gate.toRead(signal);
    const candidates = await candidatesOf(parts, objects);
    await run.commit({ set: { held: cursor }, add: { held: objects.length }, candidates });
    onProgress({ phase: 'held', done: cursor.walked, of: total });
  }
}

async function forgetPlace(run: Run): Promise<void> {
  await run.commit({
    set: { held: null },
    add: { held: -run.state.counts.held },
    forget: 'candidates',
  });
}

/** An OpenCTI that lists nothing while XSOAR holds something of it has lost its data, or hides them. */
async function refuseEmptiness(run: Run, total: number): Promise<void> {
  if (run.state.counts.listed > 0 || total === 0) return;
  // Asked again by the next attempt: it may be back by then.
  const streamAt = beginningOf(run.state.options);
  await run.commit({ set: { phase: 'walk', streamAt, followUps: 0 } });
  throw new ListingError('OpenCTI', `it listed nothing, while XSOAR holds ${total} objects of it`);
}

/** A search that finds nothing of all that was equal a moment ago is no answer. */
function refuseNothing({ run, source }: PhaseParts): void {
  const { held, equal } = run.state.counts;
  if (held > 0 || equal === 0) return;
  throw new ListingError(
    'XSOAR',
    `it finds nothing with the source "${source}", though ${equal} indicators were found by their values`,
  );
}

async function candidatesOf(
  parts: PhaseParts,
  objects: readonly IocObject[],
): Promise<Candidate[]> {
  const { redis, keys, run } = parts;
  const keyOf = ({ indicator_type, value }: IocObject): string => valueKey(indicator_type, value);
  const records = await readOwnedRecords(redis, keys, [...new Set(objects.map(keyOf))]);
  const doubts = objects.flatMap((object) => doubtsOf(object, records.get(keyOf(object)), parts));
  const seen = await run.seen.has(doubts.map(({ mark }) => mark));
  return doubts.filter((_, index) => !seen[index]).map(({ candidate }) => candidate);
}

/** Everybody who is said to stand behind an object, and the mark of who really does. */
function doubtsOf(
  object: IocObject,
  record: OwnedRecord | undefined,
  { removes }: PhaseParts,
): { candidate: Candidate; mark: string }[] {
  if (record?.left) return [];
  const { id: objectId, value, indicator_type: type } = object;
  const base = { value, type, objectId, looks: 0 };
  const doubts = (record?.owners ?? []).map(({ entityId, contribution }) => ({
    candidate: { ...base, owner: entityId, stixId: stixIdsIn(contribution)[0] ?? '' },
    mark: valueMark(entityId, value),
  }));
  const covered = new Set(record?.owners.flatMap((one) => stixIdsIn(one.contribution)));
  // Without a record nobody can tell what a removal left in XSOAR on purpose.
  const others = removes ? stixIdsOf(object).filter((stixId) => !covered.has(stixId)) : [];
  return [
    ...doubts,
    ...others.map((stixId) => ({
      candidate: { ...base, owner: null, stixId },
      mark: stixMark(stixId, value),
    })),
  ];
}
