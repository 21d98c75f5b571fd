/**
 * Phase 6: marks what differs as undelivered, by the same slots and queue as everything else, a few
 * at a time and only while no live delivery waits.
 */
import { openctiExtension, parseEventId, type StixObject } from '@xsoar-intel/opencti';
import { addDeliveries } from '../queue/delivery-queue.ts';
import { createRestate } from '../queue/restate.ts';
import type { Put } from '../queue/slots.ts';
import { REPAIRS_AT_A_TIME } from './gate.ts';
import { beforeLook, isAsSeen, LOOKS_MAX, type PhaseParts } from './parts.ts';
import type { Repair } from './run-store.ts';
import { askedMark } from './seen.ts';
import { readStanding, type Standing } from './standing.ts';

/** Asks for all deliveries; without `apply` for none. */
export async function repair(parts: PhaseParts): Promise<void> {
  const { run, gate, signal, onProgress } = parts;
  if (run.state.listAt === 0) await judgeDeletes(parts);
  if (!run.state.options.apply) return;
  for (;;) {
    const batch = await run.items('repairs', run.state.listAt, REPAIRS_AT_A_TIME);
    if (batch.length === 0) return;
    await beforeLook(parts, Math.max(...batch.map(({ looks }) => looks)));
    await gate.toRepair(signal);
    await takeBatch(parts, batch);
    onProgress({ phase: 'repair', done: run.state.listAt, of: await run.length('repairs') });
  }
}

/** Findings that whoever allows deletes is shown. */
const SHOWN = 10;

/** Deletes above a share need a word. */
async function judgeDeletes(parts: PhaseParts): Promise<void> {
  const { run, maxDeleteShare, allowDeletes } = parts;
  const { counts, options } = run.state;
  const deletes = counts.extra;
  if (!options.apply || deletes === 0 || deletes <= maxDeleteShare * counts.held) return;
  const share = `${deletes} of ${counts.held} objects are too many, above the share of ${maxDeleteShare * 100} % that may go without being asked`;
  const some = await run.items('extras', 0, SHOWN);
  const refused = (await allowDeletes(deletes, counts.held, some)) ? null : share;
  await run.commit({ set: { deletesRefused: refused } });
}

async function takeBatch(parts: PhaseParts, batch: readonly Repair[]): Promise<void> {
  const { run, redis, keys, queue } = parts;
  const restate = createRestate(redis, keys);
  const refused = run.state.deletesRefused !== null;
  const wanted = batch.filter(({ operation }) => !(refused && operation === 'delete'));
  const place = run.state.listAt;
  const marks = wanted.map(({ entityId }) => askedMark(place, entityId));
  const wasAsked = await run.seen.has(marks);
  const standings = await readStanding(
    redis,
    keys,
    wanted.map(({ entityId }) => entityId),
  );
  const puts = await Promise.all(
    wanted.map(async (one): Promise<Put[]> => {
      const standing = standings.get(one.entityId);
      if (isOverBy(one, standing, run.state.recoverMs)) return [];
      const put = await stateOf(parts, one, standing?.version ?? null);
      return put === null ? [] : [put];
    }),
  );
  const states = [...new Map(puts.flat().map((put) => [put.entityId, put])).values()];
  // Noted first: killed between here and the commit, the next one would find its deliveries made,
  // and count what it asked for as nothing.
  await run.commit({ marks: states.map(({ entityId }) => askedMark(place, entityId)) });
  const restated = await restate.put(states);
  const written = states.filter((_, index) => restated[index]?.kind === 'written');
  // A push under way may find nothing to write, and so not ask XSOAR: it does not stand in.
  const busy = new Set(
    states.flatMap(({ entityId }, index) => (restated[index]?.kind === 'busy' ? [entityId] : [])),
  );
  const met = wanted.filter(({ entityId }) => busy.has(entityId));
  const again = met.filter(({ looks }) => looks + 1 < LOOKS_MAX);
  await addDeliveries(
    queue,
    written.map(({ entityId }) => entityId),
  );
  const asked = new Map(
    [
      ...wanted.filter(({ entityId }, index) => wasAsked[index] && !busy.has(entityId)),
      ...written,
    ].map(({ entityId, operation }) => [entityId, operation] as const),
  );
  const deleted = [...asked.values()].filter((operation) => operation === 'delete').length;
  await run.commit({
    set: { listAt: place + batch.length },
    add: { repaired: asked.size, deleted, inFlight: met.length - again.length },
    repairs: again.map((one) => ({ ...one, looks: one.looks + 1 })),
  });
}

/**
 * Whether it was overtaken by what came since. An upsert takes what OpenCTI has now, so it is only by
 * a delete; a delete is by anything.
 */
function isOverBy(
  { operation, version }: Repair,
  standing: Standing | undefined,
  recoverMs: number,
): boolean {
  const known = standing?.version ?? null;
  if (operation === 'delete') return (known?.text ?? null) !== version;
  return standing?.gone === true && (known?.ms ?? 0) > recoverMs;
}

/** The state to deliver, as OpenCTI has it at this moment; null where it is not for us any more. */
async function stateOf(
  parts: PhaseParts,
  repair: Repair,
  known: Put['version'] | null,
): Promise<Put | null> {
  const { opencti, signal } = parts;
  const { entityId, operation, stixId } = repair;
  if (operation === 'delete') {
    // Its event may not be read yet: then nothing but OpenCTI knows that it is wanted again.
    if (!(await isAsSeen(parts, repair))) return null;
    const payload = JSON.stringify({ id: stixId });
    return { entityId, operation, version: known ?? oldest(), payload };
  }
  const object = await opencti.stixObject(entityId, signal);
  if (object === null) return null;
  return {
    entityId,
    operation,
    version: known ?? versionOf(object),
    payload: JSON.stringify(object),
  };
}

/** The version of a state that no event told: as events of a catch-up have it. */
export function versionOf(object: StixObject): Put['version'] {
  const updated = openctiExtension(object)?.updated_at ?? object.modified;
  const ms = typeof updated === 'string' ? Date.parse(updated) : Number.NaN;
  return parseEventId(`${ms}-0`) ?? oldest();
}

/** Older than any event: whatever comes wins. */
function oldest(): Put['version'] {
  const version = parseEventId('1-0');
  if (version === null) throw new Error('no version');
  return version;
}
