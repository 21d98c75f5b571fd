/** What every operator's command starts with: the configuration, and a Redis that answers. */
import type { OperatorConfig, Role } from '@xsoar-intel/config';
import {
  connectRedis,
  type DeliveryQueue,
  type Keys,
  keysOf,
  openDeliveryQueue,
  type Redis,
} from '@xsoar-intel/pipeline';
import { CommandError, type Loaded, loadFor } from '../../load.ts';
import { redisAddress } from '../../settings.ts';
import { visible } from '../../terminal/visible.ts';
import { StillRefused, watchRefusals } from './refusals.ts';
import { NoAnswer, within } from './within.ts';

/** An operator's look at one connector. */
export interface Session {
  readonly config: OperatorConfig;
  readonly redis: Redis;
  readonly keys: Keys;
  readonly queue: DeliveryQueue;
  /** Where Redis is, without a password. */
  readonly redisAt: string;
}

/** Options that every command has. */
export interface OperatorOptions {
  config?: string;
}

/** A person waits that long for a Redis that is away, in ms; a service would wait for ever. */
const PATIENCE_MS = 3_000;

/** Thrown when Redis cannot be asked. */
export class RedisAway extends CommandError {}

/**
 * Runs a command with a session, and ends the session.
 * @param withOpencti also read the variables of OpenCTI, where they are set
 */
export async function withSession(
  options: OperatorOptions,
  run: (session: Session) => Promise<number>,
  { withOpencti = false }: { withOpencti?: boolean } = {},
): Promise<number> {
  const roles = ['operator', ...(withOpencti ? (['explain'] as const) : [])] as const;
  return withLoadedSession(loadFor(roles, options.config), run);
}

/** The same over a configuration that is loaded already, for commands that need more of it. */
export async function withLoadedSession(
  { config, notes, shown }: Pick<Loaded<Role>, 'notes' | 'shown'> & { config: OperatorConfig },
  run: (session: Session) => Promise<number>,
): Promise<number> {
  for (const { level, message } of notes) {
    if (level === 'warning') process.stderr.write(`warning: ${visible(message)}\n`);
  }
  let trouble: Error | null = null;
  const refusals = watchRefusals(PATIENCE_MS);
  const redis = connectRedis(redisAddress(config), 'operator', (error) => {
    trouble = error;
    refusals.told(error);
  });
  const redisAt = shown('REDIS_URL') ?? '';
  const keys = keysOf(config.connector.id);
  try {
    await answer(redis, redisAt, () => trouble);
    const queue = openDeliveryQueue(redis, keys, {
      attempts: config.worker.attempts,
      onError: (error) => {
        trouble = error;
      },
    });
    try {
      return await Promise.race([run({ config, redis, keys, queue, redisAt }), refusals.stuck]);
    } catch (error) {
      throw refused(error) ? away(redisAt, error) : error;
    } finally {
      // A Redis that went away would be waited for.
      if (redis.status === 'ready') await queue.close();
    }
  } finally {
    refusals.end();
    redis.disconnect();
  }
}

/** Whether Redis said no, as for a user without rights or a memory that is full, or nothing at all. */
function refused(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' || error instanceof NoAnswer || error instanceof StillRefused;
}

async function answer(redis: Redis, redisAt: string, trouble: () => Error | null): Promise<void> {
  try {
    await within(PATIENCE_MS, redis.ping());
  } catch (error) {
    const reason = trouble() ?? (error instanceof Error ? error : new Error(String(error)));
    throw away(redisAt, reason);
  }
}

const away = (redisAt: string, reason: Error): RedisAway =>
  new RedisAway(
    [
      `Redis at ${redisAt} cannot be asked: ${visible(wordsOf(reason))}`,
      'Check REDIS_URL, and whether Redis runs and lets this user in: "xsoar-intel doctor" tells more.',
    ].join('\n'),
  );

/** Node's errors of several addresses have no words of their own. */
function wordsOf(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
