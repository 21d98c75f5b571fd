/** Notices heartbeats that repeat one id: the connection looks alive and brings nothing. */
export interface FrozenWatch {
  /**
   * @param id of a heartbeat.
   * @param now epoch milliseconds.
   * @returns true when this id has been repeated for too long.
   */
  heartbeat(id: string, now: number): boolean;
  /** Forgets what was seen. While we do not read, nothing can advance. */
  reset(): void;
}

/** @param frozenMs for how long an id may be repeated, in milliseconds. */
export function watchFrozen(frozenMs: number): FrozenWatch {
  let lastId: string | undefined;
  let since = 0;
  return {
    heartbeat(id, now) {
      if (id !== lastId) {
        lastId = id;
        since = now;
      }
      return now - since >= frozenMs;
    },
    reset() {
      lastId = undefined;
    },
  };
}
