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
import type { Candidate } from './run-store.ts';
import { stixMark, valueMark } from './seen.ts';
import { walkHeld } from './walk-held.ts';

/** Walks to the end, from where it was left. */
export async function lookForExtras(parts: PhaseParts): Promise<void> {
  const { run, xsoar, source, signal, onProgress } = parts;
  if (run.state.options.since === null) {
    for await (const { objects, cursor, total } of walkHeld(
      xsoar,
      [source, ...(run.state.options.formerSources ?? [])],
      run.state.held,
      signal,
    )) {
      await parts.gate.toRead(signal);
      const candidates = await candidatesOf(parts, objects);
      await run.commit({ set: { held: cursor }, add: { held: objects.length }, candidates });
      onProgress({ phase: 'held', done: cursor.walked, of: total });
    }
    refuseNothing(parts);
  }
  await run.commit({ set: { phase: 'recheck', phaseAt: parts.now(), listAt: 0 } });
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
