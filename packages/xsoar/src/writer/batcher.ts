/**
 * Joins what is asked for within a few milliseconds into one request.
 *
 *   open ── full ──────────────────────────────────────────▶ running ──▶ answered
 *     └── window over ── few in flight ────────────────────────▲   └── refused ──▶ halves, each running
 *                     └── many in flight ──▶ held back ── one returns, or held long enough ──▲
 *
 * A single question waits for the window and no longer. Holding back begins only
 * when many are in flight, so in bulk: then those who ask while a request is
 * under way form the next one, and callers that were spread by random latencies
 * fall back into step.
 *
 * Whoever gives up leaves the others alone: the request goes on without them.
 */
import { XsoarError, type XsoarOperation } from '../xsoar-error.ts';

/** Rules of a batcher. */
export interface BatcherOptions<Result> {
  operation: XsoarOperation;
  /** Asked in one request at most. */
  maxKeys: number;
  /** Together not longer than this, in characters (unless a single one is). */
  maxCharacters: number;
  /** How long the first waits for others, ms. */
  windowMs: number;
  /**
   * In bulk (from `holdBackAt` keys on) a batch is complete when none has come for so long,
   * ms: the callers of a batch that was answered come back one after the other.
   */
  gatherMs: number;
  /** With so many keys in flight, batches wait for a request to return. */
  holdBackAt: number;
  /** And no longer than this, ms. */
  maxHoldBackMs: number;
  /** A request was under way when the caller gave up: may it have an effect? */
  leavesDoubt: boolean;
  /** Asks for all keys of a group; must answer each of them. `signal`: see `joined`. */
  run(
    group: string,
    keys: string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, Result>>;
  /** Told who asks together; what it returns is the signal of their request. */
  joined?: Joined;
  /** The error may be the fault of one key: ask in halves. `isHalf`: of a batch that was split before. */
  splitOn(error: XsoarError, isHalf: boolean): boolean;
}

/**
 * Whoever follows what each caller causes is told whose requests became one, by their signals, and
 * may give that one a signal by which to know it again. It must not be aborted.
 */
export type Joined = (askers: readonly AbortSignal[]) => AbortSignal | undefined;

interface Waiter<Result> {
  resolve(result: Result): void;
  reject(error: unknown): void;
  /** Set when the batch leaves. */
  sent: boolean;
  signal: AbortSignal | undefined;
}

interface Batch<Result> {
  group: string;
  waiters: Map<string, Waiter<Result>[]>;
  characters: number;
  timer: NodeJS.Timeout | null;
  heldBack: boolean;
  /** Others that come in quick succession may join until then, ms of the process. */
  gathersUntil: number;
}

/** How many times `gatherMs` a batch gathers at most. */
const MAX_GATHERS = 8;

/** See the head of this file. */
export class Batcher<Result> {
  readonly #options: BatcherOptions<Result>;
  readonly #open = new Map<string, Batch<Result>>();
  #keysInFlight = 0;

  constructor(options: BatcherOptions<Result>) {
    this.#options = options;
  }

  /** Asks for a key; equal keys of a group share the answer. Rejects with an XsoarError of its own. */
  ask(group: string, key: string, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(this.#aborted(false));
        return;
      }
      const batch = this.#batchWithRoom(group, key);
      const waiter: Waiter<Result> = { resolve, reject, sent: false, signal };
      if (signal) this.#watch(signal, batch, key, waiter);
      const others = batch.waiters.get(key);
      if (others) {
        others.push(waiter);
        return;
      }
      batch.waiters.set(key, [waiter]);
      batch.characters += key.length;
      if (batch.waiters.size >= this.#options.maxKeys) this.#leave(batch);
      else this.#gather(batch);
    });
  }

  #batchWithRoom(group: string, key: string): Batch<Result> {
    const present = this.#open.get(group);
    if (present) {
      const { maxCharacters } = this.#options;
      if (present.waiters.has(key) || present.characters + key.length <= maxCharacters) {
        return present;
      }
      this.#leave(present);
    }
    const batch: Batch<Result> = {
      group,
      waiters: new Map(),
      characters: 0,
      timer: null,
      heldBack: false,
      gathersUntil: performance.now() + MAX_GATHERS * this.#options.gatherMs,
    };
    batch.timer = setTimeout(() => this.#windowOver(batch), this.#options.windowMs);
    this.#open.set(group, batch);
    return batch;
  }

  #watch(signal: AbortSignal, batch: Batch<Result>, key: string, waiter: Waiter<Result>): void {
    const giveUp = () => {
      const { sent, reject } = waiter;
      if (!sent) removeWaiter(batch, key, waiter);
      reject(this.#aborted(sent));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const { resolve, reject } = waiter;
    waiter.resolve = (result) => {
      signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    waiter.reject = (error) => {
      signal.removeEventListener('abort', giveUp);
      reject(error);
    };
  }

  /** Once there are many, each that comes may be followed by others. */
  #gather(batch: Batch<Result>): void {
    const { holdBackAt, gatherMs } = this.#options;
    if (batch.heldBack || batch.waiters.size < holdBackAt) return;
    if (performance.now() >= batch.gathersUntil) return;
    if (batch.timer !== null) clearTimeout(batch.timer);
    batch.timer = setTimeout(() => this.#windowOver(batch), gatherMs);
  }

  #windowOver(batch: Batch<Result>): void {
    if (batch.heldBack || this.#keysInFlight < this.#options.holdBackAt) {
      this.#leave(batch);
      return;
    }
    batch.heldBack = true;
    batch.timer = setTimeout(() => this.#leave(batch), this.#options.maxHoldBackMs);
  }

  #leave(batch: Batch<Result>): void {
    if (batch.timer !== null) clearTimeout(batch.timer);
    this.#open.delete(batch.group);
    for (const waiters of batch.waiters.values()) {
      for (const waiter of waiters) waiter.sent = true;
    }
    if (batch.waiters.size > 0) void this.#answer(batch.group, batch.waiters);
  }

  async #answer(
    group: string,
    waiters: Map<string, Waiter<Result>[]>,
    isHalf = false,
  ): Promise<void> {
    const { run, splitOn, joined } = this.#options;
    const keys = [...waiters.keys()];
    this.#keysInFlight += keys.length;
    let failure: unknown = null;
    try {
      const results = await run(group, keys, joined?.(signalsOf(waiters)));
      for (const [key, asking] of waiters) {
        if (!results.has(key)) throw new TypeError('a batch left a key without an answer');
        for (const waiter of asking) waiter.resolve(results.get(key) as Result);
      }
    } catch (thrown) {
      failure = thrown;
    } finally {
      this.#keysInFlight -= keys.length;
    }
    if (failure instanceof XsoarError && keys.length > 1 && splitOn(failure, isHalf)) {
      const entries = [...waiters];
      const middle = Math.ceil(entries.length / 2);
      void this.#answer(group, new Map(entries.slice(0, middle)), true);
      void this.#answer(group, new Map(entries.slice(middle)), true);
    } else if (failure !== null) {
      for (const waiter of [...waiters.values()].flat()) {
        waiter.reject(failure instanceof XsoarError ? failure.copy() : failure);
      }
    }
    this.#release();
  }

  /** A request has returned: whoever was held back for it goes. */
  #release(): void {
    for (const batch of [...this.#open.values()]) {
      if (batch.heldBack) this.#leave(batch);
    }
  }

  #aborted(sent: boolean): XsoarError {
    const { operation, leavesDoubt } = this.#options;
    return new XsoarError({
      kind: 'aborted',
      operation,
      uncertain: sent && leavesDoubt,
      message: `${operation}: given up ${sent ? 'while waiting for the answer' : 'before it was sent'}`,
    });
  }
}

function signalsOf<Result>(waiters: Map<string, Waiter<Result>[]>): AbortSignal[] {
  const all = [...waiters.values()].flatMap((asking) => asking.map(({ signal }) => signal));
  return [...new Set(all)].filter((signal) => signal !== undefined);
}

function removeWaiter<Result>(batch: Batch<Result>, key: string, waiter: Waiter<Result>): void {
  const left = batch.waiters.get(key)?.filter((other) => other !== waiter) ?? [];
  if (left.length > 0) {
    batch.waiters.set(key, left);
  } else if (batch.waiters.delete(key)) {
    batch.characters -= key.length;
  }
}
