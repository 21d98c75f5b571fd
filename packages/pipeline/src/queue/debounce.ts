/**
 * Debounce: an entity that changes again and again is pushed when it has been quiet for a while,
 * not at each change. What is new, and any change that comes longer after the one before, goes at
 * once; a delete ends the waiting. What is waited for is the newest state: all changes on the way
 * to it are one push.
 *
 * `put` (ingest) sees by the times of the events that an entity changes again, and notes in its
 * slot until when to wait: each further change prolongs it, up to `maxMs` after the first one that
 * is not delivered. `begin` (worker) sends the job back to sleep until then.
 */
export interface Debounce {
  /** Changes within so long of each other are one push, in ms; 0: each is one. */
  quietMs: number;
  /** Longest that a change waits for others, in ms. */
  maxMs: number;
}

/** Every change is pushed as soon as a worker takes it. */
export const NO_DEBOUNCE: Debounce = { quietMs: 0, maxMs: 0 };
