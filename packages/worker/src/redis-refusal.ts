/**
 * Redis refused a command, or lost it: nothing that speaks of the entity at hand. Its errors cannot
 * be told by their looks: an out-of-memory answer, a connection that was given up and a cluster
 * in mid-failover are errors of three kinds, the last a plain `Error`. So they are marked where they
 * come from.
 */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal';
}

/** The answer of Redis; rejects with {@link RedisRefusal}. */
export async function fromRedis<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new RedisRefusal(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
