/** Delivers an indicator again, in its state of this moment in OpenCTI. */
import { entityIdOf, isIndicator, type OpenctiApi, type StixObject } from '@xsoar-intel/opencti';
import {
  addDeliveries,
  createRestate,
  DROPPED,
  type Restate,
  scanBindings,
  versionOf,
} from '@xsoar-intel/pipeline';
import { EXIT } from '../../exit-code.ts';
import { CommandError } from '../../load.ts';
import { openScreen } from '../../terminal/screen.ts';
import { excerpt, visible, visibleJson } from '../../terminal/visible.ts';
import { obstacles } from './obstacles.ts';
import { openctiOf, openctiTrouble } from './opencti.ts';
import { type OperatorOptions, type Session, withSession } from './session.ts';

/** What was put back. */
interface Resynced {
  entityId: string;
  name: string;
  version: string;
}

/** What is to be delivered again; `deleted`: its absence. */
interface Target {
  id: string;
  deleted: boolean;
}

/** Newer events that may come in between, and pushes that may be under way, before it gives up. */
const ROUNDS = 20;
/** Longest wait for a push under way, in ms; it is asked again after at most so long. */
const WAIT_MS = 500;

/** `xsoar-intel resync`: forces a delivery of indicators, whatever is known of them. */
export function resync(
  ids: readonly string[],
  options: OperatorOptions & { json?: boolean; dropped?: boolean },
): Promise<number> {
  if (ids.length === 0 && options.dropped !== true) {
    throw new CommandError('Name indicators by their ids, or give --dropped.', EXIT.usage);
  }
  return withSession(
    options,
    async (session) => {
      const api = openctiOf(session.config.opencti);
      if (api === null) {
        throw new CommandError(
          'The state to deliver comes from OpenCTI: set OPENCTI_URL and OPENCTI_TOKEN.',
        );
      }
      try {
        const targets: Target[] = ids.map((id) => ({ id, deleted: false }));
        if (options.dropped) targets.push(...(await droppedTargets(session)));
        return await resyncAll(session, api, targets, options.json === true);
      } finally {
        await api.close();
      }
    },
    { withOpencti: true },
  );
}

async function resyncAll(
  session: Session,
  api: OpenctiApi,
  targets: readonly Target[],
  json: boolean,
): Promise<number> {
  const screen = openScreen();
  const restate = createRestate(session.redis, session.keys);
  let failed = 0;
  for (const { id, deleted } of targets) {
    const result = deleted
      ? await deleteAgain(session, restate, id)
      : await resyncOne(session, api, restate, id);
    if (typeof result === 'string') {
      failed += 1;
      if (json) screen.line(visibleJson({ id, ok: false, problem: result }));
      else process.stderr.write(`${visible(id)}: ${result}\n`);
    } else if (json) screen.line(visibleJson({ id, ok: true, ...result }));
    else {
      screen.line(
        `${excerpt(result.name, 80)} (${visible(result.entityId)}) is delivered again, at version ${result.version}.`,
      );
    }
  }
  if (!json && targets.length === 0) screen.line('No dead letter was dropped.');
  if (!json && failed < targets.length) {
    for (const line of await obstacles(session)) screen.line(line);
  }
  await screen.flush();
  return failed > 0 ? EXIT.failed : EXIT.fine;
}

/** Entities whose dead letters were dropped, since there were more than their bounds allow. */
async function droppedTargets({ redis, keys }: Session): Promise<Target[]> {
  const targets: Target[] = [];
  for await (const { entityId, skipReason } of scanBindings(redis, keys)) {
    if (skipReason === DROPPED.upsert) targets.push({ id: entityId, deleted: false });
    else if (skipReason === DROPPED.delete) targets.push({ id: entityId, deleted: true });
  }
  return targets;
}

/** Puts a delete back that was dropped: OpenCTI has nothing of it any more. */
async function deleteAgain(
  session: Session,
  restate: Restate,
  entityId: string,
): Promise<Resynced | string> {
  const version = await restate.known(entityId);
  if (version === null) return 'Nothing is known of it any more.';
  const payload = JSON.stringify({ id: entityId, type: 'indicator' });
  const [put] = await restate.put([{ entityId, version, operation: 'delete', payload }]);
  if (put?.kind === 'newer') return 'A newer event of it came meanwhile.';
  if (put?.kind === 'busy') return 'It is being delivered right now; try again in a minute.';
  await deliverNow(session, entityId);
  return { entityId, name: 'A deleted indicator', version: version.text };
}

/** Puts the state of one indicator back; a text says why that could not be done. */
async function resyncOne(
  session: Session,
  api: OpenctiApi,
  restate: Restate,
  id: string,
): Promise<Resynced | string> {
  let object = await fetchIndicator(api, id);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (typeof object === 'string') return object;
    const entityId = entityIdOf(object);
    if (entityId === null) return 'OpenCTI did not tell its internal id.';
    const known = await restate.known(entityId);
    // Fetched after the version was read: it is at least as new as that version says.
    object = await fetchIndicator(api, id);
    if (typeof object === 'string') return object;
    const version = known ?? versionOf(object);
    const state = {
      entityId,
      version,
      operation: 'upsert' as const,
      payload: JSON.stringify(object),
    };
    const [put] = await restate.put([state]);
    if (put?.kind === 'written') {
      await deliverNow(session, entityId);
      return { entityId, name: nameOf(object), version: version.text };
    }
    if (put?.kind === 'busy') {
      await new Promise((resolve) => setTimeout(resolve, Math.min(put.waitMs, WAIT_MS)));
    }
  }
  return 'It is being delivered right now; try again in a minute.';
}

async function fetchIndicator(api: OpenctiApi, id: string): Promise<StixObject | string> {
  try {
    const object = await api.stixObject(id);
    if (object === null) {
      return 'OpenCTI has no such object, or the user of OPENCTI_TOKEN may not see it.';
    }
    return isIndicator(object) ? object : `This is no indicator but: ${visible(object.type)}.`;
  } catch (error) {
    const { why, fix } = openctiTrouble(error);
    return `OpenCTI did not give it: ${why}\n${fix}`;
  }
}

/** Adds a job; one that waits for its next attempt goes at once. */
async function deliverNow({ queue }: Session, entityId: string): Promise<void> {
  await addDeliveries(queue, [entityId]);
  const jobId = await queue.getDeduplicationJobId(entityId);
  const job = jobId === null ? undefined : await queue.getJob(jobId);
  // It may have gone by itself between the look and this.
  if (await job?.isDelayed()) await job?.promote().catch(() => {});
}

const nameOf = ({ name, id }: StixObject): string => (typeof name === 'string' ? name : id);
