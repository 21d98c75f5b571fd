/**
 * Phase 2: looks a second time at what looked different, with the state that OpenCTI has now. What
 * is undelivered is waited for, be it unread by the ingest. What was delivered is compared, though it
 * changed meanwhile: a delivery that found nothing to write did not ask XSOAR.
 */
import type { StixObject } from '@xsoar-intel/opencti';
import { readOwnedRecords } from '../queue/value-record.ts';
import { isIngested } from './ingested.ts';
import { lookAt, subjectsOf, type ValueLook } from './look.ts';
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
import type { Repair, Suspect } from './run-store.ts';
import { reportedMark } from './seen.ts';
import { isSame, readStanding, type Standing } from './standing.ts';

/** Objects that OpenCTI is asked for at a time. */
const FETCHES = 8;

/** Confirms all suspects. */
export async function confirm(parts: PhaseParts): Promise<void> {
  const { run, gate, signal, onProgress } = parts;
  await settled(parts);
  for (;;) {
    const batch = await run.items('suspects', run.state.listAt, BATCH);
    if (batch.length === 0) break;
    await gate.toRead(signal);
    await beforeLook(parts, Math.max(...batch.map(({ looks }) => looks)));
    await takeBatch(parts, batch);
    onProgress({ phase: 'confirm', done: run.state.listAt, of: await run.length('suspects') });
  }
  await run.commit({
    set: {
      phase: 'held',
      phaseAt: parts.now(),
      listAt: 0,
      notes: [...run.state.notes, ...doubts(run.state.counts), ...old(run.state.counts)],
    },
  });
}

/** What the ingest was told to leave out. */
function old({ beforeStart }: Counts): string[] {
  if (beforeStart === 0) return [];
  return [
    `${beforeStart} of the missing changed last before CONNECTOR_LIVE_STREAM_START_TIMESTAMP, so the ingest never read them. With --apply they are delivered all the same.`,
  ];
}

/** Differences that are more likely ours than XSOAR's. */
function doubts({ stale, compared }: Counts): string[] {
  if (stale <= compared / 2) return [];
  return [
    'More than half of the values are stale: is this process configured as the workers are (OPENCTI_URL, XSOAR_SOURCE, mapping, filters)?',
  ];
}

async function takeBatch(parts: PhaseParts, batch: readonly Suspect[]): Promise<void> {
  const { run, redis, keys } = parts;
  const add: Partial<Counts> = {};
  const count = (name: keyof Counts, by = 1): void => {
    add[name] = (add[name] ?? 0) + by;
  };
  const again: Suspect[] = [];
  const lookAgain = ({ entityId, looks }: Suspect): void => {
    if (looks + 1 < LOOKS_MAX) again.push({ entityId, looks: looks + 1 });
    else count('inFlight');
  };

  const ids = batch.map(({ entityId }) => entityId);
  const standings = await readStanding(redis, keys, ids);
  const places = await placesOf(parts);
  const begun = performance.now();
  const settledOnes = batch.filter((suspect) => {
    const standing = standings.get(suspect.entityId);
    if (standing?.state === 'dead') count('dead');
    else if (standing?.state === 'pending') lookAgain(suspect);
    // Deleted or out of the stream since the listing, though OpenCTI may still have it.
    else if (standing?.gone && (standing.version?.ms ?? 0) > run.state.recoverMs) count('changed');
    else return true;
    return false;
  });
  // Fetched after the standing was read: at least as new as that says.
  const objects = await fetchAll(parts, settledOnes);
  count('changed', settledOnes.length - objects.size);
  const open = settledOnes.filter((suspect) => {
    const object = objects.get(suspect.entityId);
    if (object === undefined) return false;
    const known = standings.get(suspect.entityId)?.version ?? null;
    if (isIngested(updatedMs(object), known, places)) return true;
    lookAgain(suspect);
    return false;
  });
  const subjects = await subjectsOf(
    parts,
    open.flatMap(({ entityId }) => objects.get(entityId) ?? []),
  );
  const looks = await lookAt(parts, parts.lookups, subjects, true);
  const moved = await movedMeanwhile(parts, open, looks, standings, performance.now() - begun);

  const findings: Finding[] = [];
  const repairs: Repair[] = [];
  const marks: string[] = [];
  for (const suspect of open) {
    const { entityId } = suspect;
    const values = looks.get(entityId) ?? [];
    const isUnsettled = values.some(({ verdict }) => verdict.kind === 'unsettled');
    if (isUnsettled || moved.has(entityId)) {
      lookAgain(suspect);
      continue;
    }
    const wrong = values.filter(isWrong);
    count('settled', wrong.length === 0 ? 1 : 0);
    if (wrong.length === 0) continue;
    const version = standings.get(entityId)?.version?.text ?? null;
    repairs.push({ entityId, operation: 'upsert', stixId: '', version, looks: 0 });
    const told = await run.seen.has(wrong.map(({ key }) => reportedMark(key)));
    for (const [index, value] of wrong.entries()) {
      if (told[index] || marks.includes(reportedMark(value.key))) continue;
      marks.push(reportedMark(value.key));
      const finding = findingOf(entityId, value);
      findings.push(finding);
      count(finding.kind);
      const object = objects.get(entityId);
      const isOld = object !== undefined && updatedMs(object) < (parts.startAt ?? 0);
      if (finding.kind === 'missing' && isOld) count('beforeStart');
    }
  }
  await run.commit({
    set: { listAt: run.state.listAt + batch.length },
    ...{ add, marks, suspects: again, findings, repairs },
  });
}

const isWrong = ({ verdict: { kind } }: ValueLook): boolean =>
  kind === 'missing' || kind === 'stale' || kind === 'foreign';

function findingOf(entityId: string, { desired, verdict }: ValueLook): Finding {
  const { value, indicator_type: type } = desired;
  if (verdict.kind === 'stale' || verdict.kind === 'foreign') {
    return { kind: verdict.kind, entityId, value, type, fields: verdict.fields };
  }
  return { kind: 'missing', entityId, value, type };
}

/** Entities of which something was delivered while they were looked at, or of a value that they share. */
async function movedMeanwhile(
  { redis, keys, settleMs }: PhaseParts,
  open: readonly Suspect[],
  looks: ReadonlyMap<string, ValueLook[]>,
  before: ReadonlyMap<string, Standing>,
  tookMs: number,
): Promise<Set<string>> {
  const after = await readStanding(
    redis,
    keys,
    open.map(({ entityId }) => entityId),
  );
  const wrongKeys = ({ entityId }: Suspect): string[] =>
    (looks.get(entityId) ?? []).filter(isWrong).map(({ key }) => key);
  const records = await readOwnedRecords(redis, keys, [...new Set(open.flatMap(wrongKeys))]);
  const isFresh = (key: string): boolean => {
    const sinceMs = records.get(key)?.sinceWriteMs ?? null;
    return sinceMs !== null && sinceMs < Math.max(settleMs, tookMs);
  };
  const moved = open.filter(
    (one) =>
      !isSame(before.get(one.entityId), after.get(one.entityId)) || wrongKeys(one).some(isFresh),
  );
  return new Set(moved.map(({ entityId }) => entityId));
}

/** What OpenCTI has of them now, by entity. */
async function fetchAll({ opencti, signal }: PhaseParts, open: readonly Suspect[]) {
  const objects = new Map<string, StixObject>();
  for (let at = 0; at < open.length; at += FETCHES) {
    const some = open.slice(at, at + FETCHES);
    const found = await Promise.all(some.map((one) => opencti.stixObject(one.entityId, signal)));
    for (const [index, { entityId }] of some.entries()) {
      const object = found[index] ?? null;
      if (object !== null) objects.set(entityId, object);
    }
  }
  return objects;
}
