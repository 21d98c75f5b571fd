/**
 * Phase 2: looks a second time at what looked different, with the state that OpenCTI has now. What
 * changed since the run began is left to live deliveries, what is undelivered is waited for.
 */
import type { StixObject } from '@xsoar-intel/opencti';
import { lookAt, subjectsOf, type ValueLook } from './look.ts';
import { BATCH, beforeLook, LOOKS_MAX, type PhaseParts, settled } from './parts.ts';
import type { Counts, Finding } from './report.ts';
import type { Repair, Suspect } from './run-store.ts';
import { reportedMark } from './seen.ts';
import { readStanding } from './standing.ts';

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
      notes: [...run.state.notes, ...doubts(run.state.counts)],
    },
  });
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
  const open = batch.filter((suspect) => {
    const standing = standings.get(suspect.entityId);
    if ((standing?.version?.ms ?? 0) > run.state.recoverMs) count('changed');
    else if (standing?.state === 'dead') count('dead');
    else if (standing?.state === 'pending') lookAgain(suspect);
    else return true;
    return false;
  });
  // Fetched after the standing was read: at least as new as that says.
  const objects = await fetchAll(parts, open);
  count('changed', open.length - objects.length);
  const subjects = await subjectsOf(parts, objects);
  const looks = await lookAt(parts, parts.lookups, subjects, true);

  const findings: Finding[] = [];
  const repairs: Repair[] = [];
  const marks: string[] = [];
  for (const suspect of open) {
    const values = looks.get(suspect.entityId) ?? [];
    if (values.some(({ verdict }) => verdict.kind === 'unsettled')) {
      lookAgain(suspect);
      continue;
    }
    const wrong = values.filter(isWrong);
    count('settled', wrong.length === 0 ? 1 : 0);
    if (wrong.length === 0) continue;
    repairs.push({ entityId: suspect.entityId, operation: 'upsert', stixId: '' });
    const told = await run.seen.has(wrong.map(({ key }) => reportedMark(key)));
    for (const [index, value] of wrong.entries()) {
      if (told[index] || marks.includes(reportedMark(value.key))) continue;
      marks.push(reportedMark(value.key));
      const finding = findingOf(suspect.entityId, value);
      findings.push(finding);
      count(finding.kind);
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

async function fetchAll({ opencti, signal }: PhaseParts, open: readonly Suspect[]) {
  const objects: StixObject[] = [];
  for (let at = 0; at < open.length; at += FETCHES) {
    const some = open.slice(at, at + FETCHES);
    const found = await Promise.all(some.map((one) => opencti.stixObject(one.entityId, signal)));
    objects.push(...found.filter((object) => object !== null));
  }
  return objects;
}
