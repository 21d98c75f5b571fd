/**
 * What a run has seen in OpenCTI, compactly in Redis: 62 bits of a digest per mark, in small sets
 * of integers that Redis keeps as sorted arrays of 8 bytes an entry. Two marks per indicator and two
 * per value: 32 bytes. Two marks meet by accident about once in a million runs over a million indicators; then
 * one indicator that is too many is not found in that run.
 */
import { createHash } from 'node:crypto';
import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';
import type { Command } from './fence.ts';

/** So many sets: with a million indicators each stays near the 512 entries of an integer set. */
const BUCKETS = 8_192;

/** The indicator was in the listing, by its internal or its STIX id. */
export const entityMark = (id: string): string => `e${id}`;
/** The entity wants the value. Types are left out: XSOAR's key is the value. */
export const valueMark = (entityId: string, value: string): string =>
  `v${entityId}|${value.toLowerCase()}`;
/** The value carries the STIX id. */
export const stixMark = (stixId: string, value: string): string =>
  `s${stixId}|${value.toLowerCase()}`;
/** The value is in the report. */
export const reportedMark = (key: string): string => `r${key}`;
/** A delivery of the entity was asked for, by the batch of repairs at this place. */
export const askedMark = (place: number, entityId: string): string => `a${place}|${entityId}`;

/** The marks of one run. */
export interface Seen {
  /** Which of the marks are set. */
  has(marks: readonly string[]): Promise<boolean[]>;
  /** Commands that set marks. */
  adding(marks: Iterable<string>): Command[];
  /** Forgets them all. */
  clear(): Promise<void>;
}

/** Binds the marks of a run. `keepMs`: a run that nobody resumes is forgotten after so long. */
export function createSeen(redis: Redis, keys: Keys, runId: string, keepMs: number): Seen {
  const place = (mark: string): { key: string; member: string } => {
    const bits = createHash('sha256').update(mark).digest().readBigUInt64BE();
    const bucket = Number(bits & BigInt(BUCKETS - 1));
    return { key: keys.reconcileSeen(runId, bucket), member: (bits >> 2n).toString() };
  };
  return {
    async has(marks) {
      if (marks.length === 0) return [];
      const pipeline = redis.pipeline();
      for (const { key, member } of marks.map(place)) pipeline.sismember(key, member);
      const replies = (await pipeline.exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error !== null) throw error;
        return reply === 1;
      });
    },
    adding(marks) {
      const members = new Map<string, string[]>();
      for (const mark of marks) {
        const { key, member } = place(mark);
        const others = members.get(key);
        if (others === undefined) members.set(key, [member]);
        else others.push(member);
      }
      return [...members].flatMap(([key, some]): Command[] => [
        ['SADD', key, ...some],
        ['PEXPIRE', key, String(keepMs)],
      ]);
    },
    async clear() {
      const pipeline = redis.pipeline();
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        pipeline.unlink(keys.reconcileSeen(runId, bucket));
      }
      await pipeline.exec();
    },
  };
}
