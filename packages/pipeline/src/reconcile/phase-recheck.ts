/**
 * Phase 4: asks both sides again about what perhaps should not be in XSOAR. An object is too many
 * only where XSOAR still has it, nothing of its indicator is under way, and OpenCTI, asked by the
 * id, says so.
 */
import { entityIdOf, openctiExtension, type StixObject } from '@xsoar-intel/opencti';
import { stixIdsOf } from '@xsoar-intel/xsoar';
import { valueKey } from '../mapping/value-key.ts';
import { BATCH, beforeLook, LOOKS_MAX, type PhaseParts, settled } from './parts.ts';
import type { Counts, Finding } from './report.ts';
import type { Candidate, Repair } from './run-store.ts';
import { entityMark, reportedMark, stixMark, valueMark } from './seen.ts';
import { readStanding } from './standing.ts';

/** What becomes of a candidate. */
type Ruling =
  | { kind: 'extra'; reason: NonNullable<Finding['reason']>; repair: Repair }
  | { kind: 'settled' | 'changed' | 'dead' | 'unreadable' | 'again' };

/** Rules on all candidates. */
export async function recheck(parts: PhaseParts): Promise<void> {
  const { run, gate, signal, onProgress } = parts;
  await settled(parts);
  for (;;) {
    const batch = await run.items('candidates', run.state.listAt, BATCH);
    if (batch.length === 0) break;
    await gate.toRead(signal);
    await beforeLook(parts, Math.max(...batch.map(({ looks }) => looks)));
    await takeBatch(parts, batch);
    onProgress({ phase: 'recheck', done: run.state.listAt, of: await run.length('candidates') });
  }
  await run.commit({ set: { phase: 'repair', phaseAt: parts.now(), listAt: 0 } });
}

async function takeBatch(parts: PhaseParts, batch: readonly Candidate[]): Promise<void> {
  const { run } = parts;
  const add: Partial<Counts> = {};
  const count = (name: keyof Counts): void => {
    add[name] = (add[name] ?? 0) + 1;
  };
  const findings: Finding[] = [];
  const repairs: Repair[] = [];
  const candidates: Candidate[] = [];
  const marks: string[] = [];
  const rulings = await Promise.all(batch.map((candidate) => rule(parts, candidate)));
  for (const [index, candidate] of batch.entries()) {
    const ruling = rulings[index] ?? { kind: 'again' };
    if (ruling.kind === 'again') {
      if (candidate.looks + 1 < LOOKS_MAX) {
        candidates.push({ ...candidate, looks: candidate.looks + 1 });
      } else count('inFlight');
    } else if (ruling.kind === 'extra') {
      repairs.push(ruling.repair);
      const { value, type } = candidate;
      const mark = reportedMark(valueKey(type, value));
      const [told] = await run.seen.has([mark]);
      if (told || marks.includes(mark)) continue;
      marks.push(mark);
      const { entityId } = ruling.repair;
      findings.push({ kind: 'extra', entityId, value, type, reason: ruling.reason });
      count('extra');
    } else if (ruling.kind !== 'unreadable') count(ruling.kind);
  }
  await run.commit({
    set: { listAt: run.state.listAt + batch.length },
    ...{ add, marks, findings, repairs, candidates },
  });
}

async function rule(parts: PhaseParts, candidate: Candidate): Promise<Ruling> {
  const { lookups, opencti, signal } = parts;
  const { owner, stixId, objectId } = candidate;
  const held = (await lookups.byValue(candidate.value, signal)).find(({ id }) => id === objectId);
  if (held === undefined) return { kind: 'settled' };
  if (owner !== null) {
    const early = await standingRuling(parts, owner);
    if (early !== null) return early;
    const object = await opencti.stixObject(owner, signal);
    return ruleOn(parts, candidate, owner, object);
  }
  // Somebody else may have taken it over meanwhile.
  if (!stixIdsOf(held).includes(stixId)) return { kind: 'settled' };
  const object = await opencti.stixObject(stixId, signal);
  const entityId = object === null ? stixId : (entityIdOf(object) ?? stixId);
  const early = await standingRuling(parts, entityId);
  return early ?? ruleOn(parts, candidate, entityId, object);
}

/** What is under way, dead, or newer than this run is not for this run to judge. */
async function standingRuling(
  { redis, keys, run }: PhaseParts,
  entityId: string,
): Promise<Ruling | null> {
  const standing = (await readStanding(redis, keys, [entityId])).get(entityId);
  if ((standing?.version?.ms ?? 0) > run.state.recoverMs) return { kind: 'changed' };
  if (standing?.state === 'dead') return { kind: 'dead' };
  return standing?.state === 'pending' ? { kind: 'again' } : null;
}

async function ruleOn(
  { run }: PhaseParts,
  { value, stixId }: Candidate,
  entityId: string,
  object: StixObject | null,
): Promise<Ruling> {
  const repair: Repair = { entityId, operation: 'delete', stixId };
  if (object === null) return { kind: 'extra', reason: 'deleted', repair };
  const [listed, named, otherwise] = await run.seen.has([
    entityMark(entityId),
    valueMark(entityId, value),
    stixMark(stixId, value),
  ]);
  if (!listed) {
    // The stream has the STIX id, under another internal id: not a case for a delete.
    if (otherwise) return { kind: 'settled' };
    if (updatedMs(object) > run.state.recoverMs) return { kind: 'changed' };
    // It may be what could not be read: nobody saw it leave the stream.
    if (run.state.counts.unreadable > 0) return { kind: 'unreadable' };
    return { kind: 'extra', reason: 'left-stream', repair };
  }
  if (object.id === stixId || stixId === '') {
    if (named) return { kind: 'settled' };
    const again: Repair = { entityId, operation: 'upsert', stixId: '' };
    return { kind: 'extra', reason: 'not-named', repair: again };
  }
  // Another STIX id than it has now: its pattern was another, and so was its value.
  if (named) return { kind: 'settled' };
  return { kind: 'extra', reason: 'not-named', repair: { ...repair, entityId: stixId } };
}

function updatedMs(object: StixObject): number {
  const updated = openctiExtension(object)?.updated_at ?? object.modified;
  // Not known: then it may have changed just now.
  return typeof updated === 'string' ? Date.parse(updated) : Number.POSITIVE_INFINITY;
}
