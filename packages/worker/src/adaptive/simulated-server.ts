/**
 * For tests: a server with a known limit and clients that keep to a control's limit, as a
 * simulation of events. No timers and no clock: an hour takes a moment.
 */
import type { ConcurrencyControl, Verdict } from './controller.ts';

/** What the server does. Times in ms. */
export interface SimulatedServer {
  /** Requests that it works on at a time; more wait in line. */
  places(nowMs: number): number;
  /** Time that one request takes, by when it begins. */
  serviceMs(nowMs: number): number;
  /** Requests that may wait in line; who comes then is refused at once. Endless where not set. */
  line?: number;
  /** Requests per second above which it refuses; endless where not set. */
  ratePerSecond?: number;
}

/** What came of it, from `settledMs` on. */
export interface SimulatedRun {
  /** The limit on average of time. */
  meanLimit: number;
  mostLimit: number;
  /** Requests answered per second. */
  perSecond: number;
  /** Mean time of an answer in ms. */
  meanMs: number;
  refused: number;
}

interface Moment {
  atMs: number;
  what(): void;
}

/** A heap by time. */
function createAgenda() {
  const heap: Moment[] = [];
  const earlier = (a: number, b: number): boolean =>
    (heap[a]?.atMs ?? Infinity) < (heap[b]?.atMs ?? Infinity);
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = one;
  };
  return {
    add(atMs: number, what: () => void): void {
      heap.push({ atMs, what });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!earlier(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    take(): Moment | undefined {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const child = earlier(left + 1, left) ? left + 1 : left;
        if (!earlier(child, at)) return first;
        swap(at, child);
        at = child;
      }
    },
  };
}

/** A worker: a control and what is under way of it. */
interface SimulatedWorker {
  control: ConcurrencyControl;
  busy: number;
}

interface SimulatedRequest {
  worker: SimulatedWorker;
  sinceMs: number;
}

/**
 * Runs workers against one server, each with as many requests as its control allows;
 * `wanted`: most that each has to make at a time.
 */
export function simulate(
  server: SimulatedServer,
  controls: readonly ConcurrencyControl[],
  {
    untilMs,
    settledMs,
    wanted = Infinity,
  }: { untilMs: number; settledMs: number; wanted?: number },
): SimulatedRun {
  const agenda = createAgenda();
  const waiting: SimulatedRequest[] = [];
  const workers = controls.map((control): SimulatedWorker => ({ control, busy: 0 }));
  let nowMs = 0;
  let working = 0;
  let tokens = 1;
  let tokensAtMs = 0;
  const seen = { answers: 0, refused: 0, timeMs: 0, limitMs: 0, most: 0, limitAtMs: settledMs };

  function noteLimit(): void {
    if (nowMs <= settledMs) return;
    const limit = controls.reduce((sum, control) => sum + control.limit, 0);
    seen.limitMs += limit * (nowMs - seen.limitAtMs);
    seen.limitAtMs = nowMs;
    seen.most = Math.max(seen.most, limit);
  }

  function end({ worker, sinceMs }: SimulatedRequest, verdict: Verdict): void {
    noteLimit();
    const durationMs = nowMs - sinceMs;
    const { control, busy } = worker;
    control.take({ operation: 'create', durationMs, verdict, busy }, nowMs);
    worker.busy -= 1;
    if (nowMs > settledMs && verdict === 'answered') {
      seen.answers += 1;
      seen.timeMs += durationMs;
    }
    if (nowMs > settledMs && verdict === 'overloaded') seen.refused += 1;
    fill(worker);
  }

  function work(request: SimulatedRequest): void {
    working += 1;
    agenda.add(nowMs + server.serviceMs(nowMs), () => {
      working -= 1;
      const next = working < server.places(nowMs) ? waiting.shift() : undefined;
      if (next !== undefined) work(next);
      end(request, 'answered');
    });
  }

  function allowed(): boolean {
    if (server.ratePerSecond === undefined) return true;
    const gained = ((nowMs - tokensAtMs) / 1_000) * server.ratePerSecond;
    // A second's worth may be saved up.
    tokens = Math.min(tokens + gained, server.ratePerSecond);
    tokensAtMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  function arrive(request: SimulatedRequest): void {
    if (!allowed() || waiting.length >= (server.line ?? Infinity)) {
      // A refusal takes a moment too, or clients would spin.
      agenda.add(nowMs + 2, () => end(request, 'overloaded'));
    } else if (working < server.places(nowMs)) work(request);
    else waiting.push(request);
  }

  function fill(worker: SimulatedWorker): void {
    while (worker.busy < Math.min(worker.control.limit, wanted)) {
      worker.busy += 1;
      arrive({ worker, sinceMs: nowMs });
    }
  }

  for (const worker of workers) fill(worker);
  for (let moment = agenda.take(); moment && moment.atMs <= untilMs; moment = agenda.take()) {
    nowMs = moment.atMs;
    moment.what();
  }
  const seconds = (untilMs - settledMs) / 1_000;
  return {
    meanLimit: seen.limitMs / (seen.limitAtMs - settledMs),
    mostLimit: seen.most,
    perSecond: seen.answers / seconds,
    meanMs: seen.timeMs / seen.answers,
    refused: seen.refused,
  };
}
