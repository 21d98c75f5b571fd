/** Whether the target of a model run is what the stream says. */
import { type DeliveryQueue, type Keys, type Redis, readBinding } from '@xsoar-intel/pipeline';
import { entityOfMark, expectedOf, foldEvents, type ModelEvent } from './events.ts';
import type { ModelTarget } from './target.ts';

/** What a verdict looks at. */
export interface Evidence {
  redis: Redis;
  keys: Keys;
  queue: DeliveryQueue;
  target: ModelTarget;
  events: readonly ModelEvent[];
  /** Dead letters were retried without trouble: nobody may be behind any more. */
  last: boolean;
}

/** Says what is wrong, in words. */
export async function judge(evidence: Evidence): Promise<string[]> {
  const { redis, keys, queue, target, events, last } = evidence;
  const wrong: string[] = [];
  const dead = new Set(await redis.zrange(keys.dead, '0', '-1'));
  const failed = await queue.getJobs(['failed'], 0, -1);

  for (const { id, data } of failed) {
    if (!dead.has(data.entityId)) {
      wrong.push(`job ${id} is a dead letter, but its entity ${data.entityId} is delivered`);
    }
  }
  const named = new Set(failed.map(({ data }) => data.entityId));
  const letters = new Map(failed.map(({ id, data }) => [id, data.lastError]));
  const newest = foldEvents(events);
  for (const entity of dead) {
    if (!named.has(entity)) wrong.push(`${entity} is dead without a dead letter`);
    // Nobody is dead of what an older state met. A job that stalled out noted no version.
    const jobId = await redis.hget(keys.slot(entity), 'fj');
    const letter = letters.get(jobId ?? '');
    const event = newest.get(entity);
    if (letter && letter.reason !== 'stalled' && letter.version !== event?.id.text) {
      wrong.push(`${entity} is dead by ${letter.version}, the newest is ${event?.id.text}`);
    }
  }
  if (last && dead.size > 0) wrong.push(`dead after a retry without trouble: ${[...dead]}`);

  const expected = expectedOf(events);
  const ofLiving = (marks: Iterable<string>): string =>
    [...marks]
      .filter((mark) => !dead.has(entityOfMark(mark)))
      .sort()
      .join(' ');
  for (const value of new Set([...expected.keys(), ...target.objects.keys()])) {
    const wanted = ofLiving(expected.get(value) ?? []);
    const found = ofLiving(target.objects.get(value) ?? []);
    if (wanted !== found) wrong.push(`${value} is [${found}] and should be [${wanted}]`);
  }

  for (const [entity, event] of newest) {
    if (dead.has(entity)) continue;
    if ((await redis.exists(keys.slot(entity))) === 1) wrong.push(`${entity} is not settled`);
    const applied = (await readBinding(redis, keys, entity))?.version;
    if (applied !== event.id.text) {
      wrong.push(`${entity} was applied as ${applied}, the newest is ${event.id.text}`);
    }
  }
  return wrong;
}
