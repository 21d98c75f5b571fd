/** What `doctor --xsoar-write-probe` found out about XSOAR, for the workers to adapt to. */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** Answers of one XSOAR. */
export interface TenantAnswers {
  /** Origin and base path that were probed: they say nothing of another. */
  address: string;
  /** When, ms since 1970. */
  at: number;
  /** By the names of the probe's questions. */
  answers: Readonly<Record<string, string>>;
}

/** Keeps them, in the place of those before. */
export async function writeTenantAnswers(
  redis: Redis,
  keys: Keys,
  answers: TenantAnswers,
): Promise<void> {
  await redis.set(keys.tenantAnswers, JSON.stringify(answers));
}

/** What was kept last; null when nobody has probed. */
export async function readTenantAnswers(redis: Redis, keys: Keys): Promise<TenantAnswers | null> {
  const json = await redis.get(keys.tenantAnswers);
  return json === null ? null : (JSON.parse(json) as TenantAnswers);
}
