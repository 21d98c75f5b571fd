/** What Redis says of itself. */
import type { Redis } from '@xsoar-intel/pipeline';

/** Counts of one moment; subtract two to get those of a time. */
export interface RedisFigures {
  /** Commands by name, those inside scripts included. */
  commands: ReadonlyMap<string, number>;
  /** Reads from sockets: what is pipelined counts once. */
  reads: number;
  usedMemory: number;
}

const number = (info: string, key: string): number =>
  Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(info)?.[1] ?? Number.NaN);

/** Reads the counts; costs Redis one command. */
export async function redisFigures(redis: Redis): Promise<RedisFigures> {
  const info = await redis.info('everything');
  const commands = new Map<string, number>();
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    commands.set(name, Number(calls));
  }
  return {
    commands,
    reads: number(info, 'total_reads_processed'),
    usedMemory: number(info, 'used_memory'),
  };
}

/** The process of this Redis. */
export async function redisPid(redis: Redis): Promise<number> {
  return number(await redis.info('server'), 'process_id');
}

/** Commands between two moments by name, the most frequent first; `own` are the bench's. */
export function commandsBetween(
  before: RedisFigures,
  after: RedisFigures,
  own: ReadonlyMap<string, number>,
): [name: string, calls: number][] {
  return [...after.commands]
    .map(([name, calls]): [string, number] => [
      name,
      calls - (before.commands.get(name) ?? 0) - (own.get(name) ?? 0),
    ])
    .filter(([, calls]) => calls > 0)
    .toSorted((a, b) => b[1] - a[1]);
}
