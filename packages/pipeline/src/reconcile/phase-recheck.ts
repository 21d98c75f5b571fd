/**
 * Phase 4: asks both sides again about what perhaps should not be in XSOAR. An object is too many
 * only where XSOAR still has it, nothing of its indicator is under way, and OpenCTI, asked by the
 * id, says so.
 */
import { entityIdOf, type StixObject } from '@xsoar-intel/opencti';
import { type IocObject, stixIdsOf } from '@xsoar-intel/xsoar';
import { parseContribution } from '../mapping/contribution.ts';
import { valueKey } from '../mapping/value-key.ts';
import { readOwnedRecords } from '../queue/value-record.ts';
import { compareValue } from './compare.ts';
import { hasReadToHead, isIngested } from './ingested.ts';
import { stixIdsIn, subjectsOf } from './look.ts';
import {
  BATCH,
  beforeLook,
  LOOKS_MAX,
  type PhaseParts,
  placesOf,
  settled,
  updatedMs,
} from './parts.ts';
import type { Counts, Finding } from './report.ts';
import type { Candidate, Repair, Unlisted } from './run-store.ts';
import { entityMark, reportedMark, stixMark, valueMark } from './seen.ts';
import { isSame, readStanding, type Standing } from './standing.ts';

/** What becomes of a candidate. */
type Ruling =
  | { kind: 'wrong'; finding: Finding; repair: Repair }
  | { kind: 'unlisted'; unlisted: Unlisted }
  | { kind: 'settled' | 'changed' | 'dead' | 'unreadable' | 'again' };

/** What is wrong with an object, before it is known what others want of it. */
interface Wrong {
  kind: 'wrong' | 'unlisted';
  reason: NonNullable<Finding['reason']>;
  operation: Repair['operation'];
  /** Whose delivery ends it. */
  entityId: string;
}

const UNREAD =
  'The ingest has not read all that was in the stream when this run began: what waits there is still undelivered, and not judged. "xsoar-intel status" says how far it is.';

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
  const isBehind = run.state.counts.inFlight > 0 && !hasReadToHead(await placesOf(parts));
  const notes = [...run.state.notes, ...(isBehind ? [UNREAD] : [])];
  await run.commit({
    set: { phase: 'relist', phaseAt: parts.now(), listAt: 0, streamAt: '', notes },
  });
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
  const unlisted: Unlisted[] = [];
  const marks: string[] = [];
  const rulings = await Promise.all(batch.map((candidate) => rule(parts, candidate)));
  for (const [index, candidate] of batch.entries()) {
    const ruling = rulings[index] ?? { kind: 'again' };
    if (ruling.kind === 'again') {
      if (candidate.looks + 1 < LOOKS_MAX) {
        candidates.push({ ...candidate, looks: candidate.looks + 1 });
      } else count('inFlight');
    } else if (ruling.kind === 'wrong') {
      repairs.push(ruling.repair);
      const { finding } = ruling;
      const mark = reportedMark(valueKey(finding.type, finding.value));
      const [told] = await run.seen.has([mark]);
      if (told || marks.includes(mark)) continue;
      marks.push(mark);
      findings.push(finding);
      count(finding.kind);
    } else if (ruling.kind === 'unlisted') unlisted.push(ruling.unlisted);
    else if (ruling.kind !== 'unreadable') count(ruling.kind);
  }
  await run.commit({
    set: { listAt: run.state.listAt + batch.length },
    ...{ add, marks, findings, repairs, candidates, unlisted },
  });
}

async function rule(parts: PhaseParts, candidate: Candidate): Promise<Ruling> {
  const { run, redis, keys, lookups, opencti, signal } = parts;
  const { owner, stixId, objectId } = candidate;
  const entityId = owner ?? (await entityOf(parts, stixId));
  const standing = async (id: string): Promise<Standing | undefined> =>
    (await readStanding(redis, keys, [id])).get(id);
  const before = await standing(entityId);
  if (before?.state === 'dead') return { kind: 'dead' };
  if (before?.state === 'pending') return { kind: 'again' };
  const places = await placesOf(parts);
  const object = await opencti.stixObject(owner ?? stixId, signal);
  const known = before?.version ?? null;
  const isRead =
    object === null ? hasReadToHead(places) : isIngested(updatedMs(object), known, places);
  if (!isRead) return { kind: 'again' };
  const isNew = (known?.ms ?? 0) > run.state.recoverMs;
  // Deleted, or out of the stream, since the listing: its events are live ones.
  if (isNew && (object === null || before?.gone)) return { kind: 'changed' };

  const held = (await lookups.byValue(candidate.value, signal)).find(({ id }) => id === objectId);
  // Somebody else may have taken it over meanwhile.
  if (held === undefined || (owner === null && !stixIdsOf(held).includes(stixId))) {
    return { kind: 'settled' };
  }
  const wrong = await wrongOf(parts, candidate, entityId, object);
  if (typeof wrong === 'string') return { kind: wrong };
  const ended = wrong.entityId === entityId ? before : await standing(wrong.entityId);
  const ruling = await rulingOf(parts, candidate, held, wrong, {
    version: ended?.version?.text ?? null,
    updatedMs: object === null ? null : updatedMs(object),
  });
  return isSame(before, await standing(entityId)) ? ruling : { kind: 'again' };
}

/** The entity of a STIX id; the STIX id itself where OpenCTI does not know it. */
async function entityOf({ opencti, signal }: PhaseParts, stixId: string): Promise<string> {
  const object = await opencti.stixObject(stixId, signal);
  return (object && entityIdOf(object)) ?? stixId;
}

/** What is wrong, or why nothing is. */
async function wrongOf(
  parts: PhaseParts,
  { value, stixId }: Candidate,
  entityId: string,
  object: StixObject | null,
): Promise<Wrong | 'settled' | 'changed' | 'unreadable'> {
  const { run } = parts;
  const [listed, named, otherwise] = await run.seen.has([
    entityMark(entityId),
    valueMark(entityId, value),
    stixMark(stixId, value),
  ]);
  if (object === null) {
    // Two answers that contradict each other: it went meanwhile, or one of them is wrong.
    if (listed) return 'changed';
    return { kind: 'wrong', reason: 'deleted', operation: 'delete', entityId };
  }
  if (!listed) {
    // The stream has the STIX id, under another internal id: not a case for a delete.
    if (otherwise) return 'settled';
    if (updatedMs(object) > run.state.recoverMs) return 'changed';
    // It may be what could not be read: nobody saw it leave the stream.
    if (run.state.counts.unreadable > 0) return 'unreadable';
    return { kind: 'unlisted', reason: 'left-stream', operation: 'delete', entityId };
  }
  // It may name the value only since the listing.
  if (named || (await isWanted(parts, object, value))) return 'settled';
  if (object.id === stixId || stixId === '') {
    return { kind: 'wrong', reason: 'not-named', operation: 'upsert', entityId };
  }
  // Another STIX id than it has now: its pattern was another, and so was its value.
  return { kind: 'wrong', reason: 'not-named', operation: 'delete', entityId: stixId };
}

async function isWanted(parts: PhaseParts, object: StixObject, value: string): Promise<boolean> {
  const [subject] = await subjectsOf(parts, [object]);
  const wanted = subject?.wanted.map(({ contribution }) => parseContribution(contribution).value);
  return wanted?.some((one) => one.toLowerCase() === value.toLowerCase()) ?? false;
}

async function rulingOf(
  parts: PhaseParts,
  { value, type, stixId }: Candidate,
  held: IocObject,
  { kind, reason, operation, entityId }: Wrong,
  known: { version: string | null; updatedMs: number | null },
): Promise<Ruling> {
  const rest = await restOf(parts, held, entityId, stixId);
  if (typeof rest === 'string') return { kind: rest };
  const { version, updatedMs } = known;
  const repair: Repair = {
    ...{ entityId, operation, version, looks: 0 },
    stixId: operation === 'delete' ? stixId : '',
    ...(reason === 'not-named' ? {} : { sawMs: updatedMs }),
  };
  const finding: Finding =
    rest === null
      ? { kind: 'extra', entityId, value, type, reason }
      : { kind: 'stale', entityId, value, type, fields: rest };
  return kind === 'wrong'
    ? { kind, finding, repair }
    : { kind, unlisted: { finding, repair, updatedMs: updatedMs ?? 0 } };
}

/**
 * In which fields an object differs from what those want who still stand behind it; null where
 * nobody does. Then only is it too many: else what has to go is a part of it.
 */
async function restOf(
  parts: PhaseParts,
  held: IocObject,
  goes: string,
  stixId: string,
): Promise<string[] | null | 'again' | 'settled'> {
  const { redis, keys, run } = parts;
  const { value, indicator_type: type } = held;
  const key = valueKey(type, value);
  const record = (await readOwnedRecords(redis, keys, [key])).get(key);
  const owners = (record?.owners ?? []).filter(({ entityId }) => entityId !== goes);
  const stand = await run.seen.has(owners.map(({ entityId }) => valueMark(entityId, value)));
  const others = owners.filter((_, index) => stand[index]);
  if (others.length > 0) {
    const contributions = others.map(({ contribution }) => contribution);
    const { verdict } = compareValue({ contributions, record, found: [held] }, parts);
    if (verdict.kind === 'unsettled') return 'again';
    return 'fields' in verdict ? verdict.fields : 'settled';
  }
  const covered = new Set(owners.flatMap(({ contribution }) => stixIdsIn(contribution)));
  const named = stixIdsOf(held).filter((id) => id !== stixId && !covered.has(id));
  const seen = await run.seen.has(named.map((id) => stixMark(id, value)));
  return seen.includes(true) ? ['stixid'] : null;
}
