/**
 * Dead letters as a list that somebody works through: the failed jobs of the
 * delivery queue, each with the entity whose state it could not deliver.
 *
 *   dead ──retry──▶ pending, its job waits with all its attempts
 *   dead ──discard──▶ (none), until a newer event comes
 *   dead ──a newer state is delivered──▶ (none), see settle.lua
 */
import type { Job } from 'bullmq';
import type { DeadReason } from '../outcome/outcome.ts';
import { deadReasonOf } from '../status/dead-letter-groups.ts';
import { entityOf, failureOf, type NotedFailure } from '../status/failure.ts';
import type { Redis } from './connection.ts';
import type { DeliveryData, DeliveryQueue } from './delivery-queue.ts';
import { createDiscard, type Discarded } from './discard.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';
import type { Operation } from './version.ts';

/** One dead letter. Free text in it comes from outside. */
export interface DeadLetter {
  jobId: string;
  entityId: string;
  /** When it failed for good, ms since 1970. */
  at: number;
  reason: DeadReason;
  message: string;
  /** What the last attempt noted; null when it stalled without a word. */
  failure: NotedFailure | null;
}

/** The state that a slot holds. */
export interface SlotState {
  version: string;
  operation: Operation;
  payload: string;
}

/** What became of a retry: `gone` when the dead letter was resolved or taken meanwhile. */
export type Retried = 'retried' | 'gone';

/** Access to the dead letters. */
export interface DeadLetterStore {
  count(): Promise<number>;
  /** Ids of jobs, the newest first. */
  newest(offset: number, count: number): Promise<string[]>;
  /** Ids of all jobs, the oldest first; complete even while others come and go. */
  all(): Promise<string[]>;
  /** Those of these that are still dead letters, in the same order. */
  read(jobIds: readonly string[]): Promise<DeadLetter[]>;
  /** By the id of its job or of its entity. */
  find(jobOrEntity: string): Promise<DeadLetter | null>;
  /** The undelivered states of entities; null where nothing is undelivered. */
  states(entityIds: readonly string[]): Promise<(SlotState | null)[]>;
  retry(letters: readonly DeadLetter[]): Promise<Retried[]>;
  discard(letters: readonly DeadLetter[]): Promise<Discarded[]>;
}

type DeliveryJob = Job<DeliveryData, unknown, string>;

/** BullMQ's codes for a job that is gone, or no longer in the state it was found in. */
const OVERTAKEN: readonly unknown[] = [-1, -3];

/** Ids of our jobs are BullMQ's numbers; anything else could be the name of another key of its. */
const JOB_ID = /^\d+$/;

/** Ids per SCAN step, and slots per script call. */
const STEP = 1_000;

/** Binds the dead letters to a connection. `tombstoneMs`: see {@link createDiscard}. */
export function createDeadLetters(
  redis: Redis,
  keys: Keys,
  queue: DeliveryQueue,
  tombstoneMs: number,
): DeadLetterStore {
  const failedKey = queue.toKey('failed');
  const revive = loadScript(redis, 'revive');
  const discard = createDiscard(redis, keys, tombstoneMs);
  // A retry needs the job itself; a letter is what others see of it.
  const jobs = new WeakMap<DeadLetter, DeliveryJob>();

  async function readOne(jobId: string): Promise<DeadLetter | null> {
    const job = await queue.getJob(jobId);
    // A job that was retried in the meantime has no end any more.
    if (!job?.failedReason || !job.finishedOn) return null;
    const failure = failureOf(job.data);
    const letter: DeadLetter = {
      jobId,
      entityId: entityOf(job.data),
      at: job.finishedOn,
      reason: deadReasonOf(failure),
      message: failure?.message || job.failedReason,
      failure,
    };
    jobs.set(letter, job);
    return letter;
  }

  async function retryOne(letter: DeadLetter): Promise<Retried> {
    const job = jobs.get(letter) ?? (await queue.getJob(letter.jobId));
    try {
      // The count of started attempts stays: it is part of lease tokens, which must not come twice.
      await job?.retry('failed', { resetAttemptsMade: true });
      return job ? 'retried' : 'gone';
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (OVERTAKEN.includes(code)) return 'gone';
      throw error;
    }
  }

  return {
    count: () => redis.zcard(failedKey),
    newest: (offset, count) => redis.zrevrange(failedKey, offset, offset + count - 1),

    async all() {
      // Pages by rank would skip some while others leave; a scan does not.
      const found = new Map<string, number>();
      let position = '0';
      do {
        const [next, page] = await redis.zscan(failedKey, position, 'COUNT', STEP);
        for (let at = 0; at + 1 < page.length; at += 2) {
          found.set(String(page[at]), Number(page[at + 1]));
        }
        position = next;
      } while (position !== '0');
      return [...found].sort(([, a], [, b]) => a - b).map(([id]) => id);
    },

    async read(jobIds) {
      const letters = await Promise.all(jobIds.map(readOne));
      return letters.filter((letter) => letter !== null);
    },

    async find(jobOrEntity) {
      if (JOB_ID.test(jobOrEntity)) return readOne(jobOrEntity);
      const jobId = await redis.hget(keys.slot(jobOrEntity), 'fj');
      return jobId ? readOne(jobId) : null;
    },

    states: (entityIds) =>
      Promise.all(
        entityIds.map(async (entityId) => {
          const [version, operation, payload] = await redis.hmget(
            ...([keys.slot(entityId), 'v', 'op', 'p'] as const),
          );
          if (!version) return null;
          return {
            version,
            operation: operation === 'delete' ? 'delete' : 'upsert',
            payload: payload ?? '',
          };
        }),
      ),

    async retry(letters) {
      // Pending first: a state without a job is found by the sweeper, a retry that still counts
      // as dead would only look wrong.
      for (let at = 0; at < letters.length; at += STEP) {
        const chunk = letters.slice(at, at + STEP).map(({ entityId }) => entityId);
        await revive([keys.pending, keys.dead, ...chunk.map((id) => keys.slot(id))], chunk);
      }
      return Promise.all(letters.map(retryOne));
    },

    async discard(letters) {
      const results = await discard(
        letters.map(({ entityId, jobId, failure }) => ({
          entityId,
          jobId,
          version: failure?.version ?? '',
        })),
      );
      // The slots first: a slot whose job is gone would be taken for a lost one and revived.
      const finished = results.flatMap((result, index) => {
        const jobId = letters[index]?.jobId;
        if (result.kind === 'busy' || jobId === undefined) return [];
        return result.kind === 'discarded' && result.otherJob !== null
          ? [jobId, result.otherJob]
          : [jobId];
      });
      await Promise.all(finished.map((jobId) => queue.remove(jobId)));
      return results;
    },
  };
}
