/**
 * The XSOAR of the model: a map in memory, behind requests that fail in every
 * way in which requests fail. A request takes effect at one moment, which may be
 * long after the client gave up or died (a late request), but not later than
 * the late window of the lease protocol allows: its promise ends there.
 */
import { valueKey } from '@xsoar-intel/pipeline';
import type { Random } from '@xsoar-intel/simulator';
import {
  type IocObject,
  idOf,
  type WriterClient,
  XsoarError,
  type XsoarErrorKind,
  type XsoarOperation,
} from '@xsoar-intel/xsoar';

/** What is known of the lease under which a push runs. */
export interface LeaseFacts {
  entity: string;
  /** When it was asked for, ms by the clock of this machine, which is also Redis'. */
  begunAt: number;
  jobId: string;
}

/** Chances of what may befall a request. All others succeed. */
export interface Trouble {
  /** An answer that is an error. */
  failure: number;
  /** Share of failures that leave a doubt; half of those took effect. */
  ambiguous: number;
  /** No answer in time; the request takes effect later all the same. */
  late: number;
  /** The whole process stands still in mid-push, until after its lease. */
  freeze: number;
}

/** The worker that sends a request, as far as the target must know it. */
export interface Sender {
  readonly name: string;
  readonly alive: boolean;
  leaseOf(valueKey: string): LeaseFacts | undefined;
}

/** Settings of the target. Times in ms. */
export interface TargetOptions {
  random: Random;
  leaseMs: number;
  lateWindowMs: number;
  /** A request takes so long at most, when it is not in trouble. */
  latencyMs: number;
  trouble(): Trouble;
  /** A process froze in a push: others should try to take over. */
  onFreeze(lease: LeaseFacts): void;
  log(line: string): void;
}

/** The model's XSOAR. */
export interface ModelTarget {
  /** Value → marks. */
  readonly objects: Map<string, readonly string[]>;
  /** Two pushes of a value under leases that were both good. */
  readonly overlaps: string[];
  readonly counts: Map<string, number>;
  /** Requests that are still to take effect. */
  readonly lateRequests: number;
  /** Redis went back, and the leases of pushes under way with it: another may begin beside them. */
  leasesLost(): void;
  /** Writes whole values: an id is the value itself. */
  clientOf(sender: Sender): WriterClient;
}

const TYPE = 'IP';

/** The type of every indicator of the model. */
export const modelType = TYPE;

type Effect = () => void;
const never = new Promise<never>(() => {});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const error = (
  kind: XsoarErrorKind,
  operation: XsoarOperation,
  more: { status?: number; errorId?: string; retryAfter?: string; uncertain?: boolean } = {},
): XsoarError =>
  new XsoarError({
    kind,
    operation,
    message: `${operation}: ${kind} ${more.status ?? ''}`,
    uncertain: false,
    ...more,
  });

/** Failures that say that nothing was done, and ambiguous ones. */
const CERTAIN: ((operation: XsoarOperation) => XsoarError)[] = [
  (o) => error('status', o, { status: 400, errorId: 'bad_request' }),
  (o) => error('status', o, { status: 400, errorId: 'errOptimisticLock' }),
  (o) => error('status', o, { status: 409 }),
  (o) => error('status', o, { status: 413 }),
  (o) => error('status', o, { status: 429, retryAfter: '0.03' }),
  (o) => error('status', o, { status: 401 }),
  (o) => error('status', o, { status: 404 }),
  (o) => error('network', o),
  (o) => error('not-json', o),
  (o) => error('redirect', o),
];
const AMBIGUOUS: ((operation: XsoarOperation) => XsoarError)[] = [
  (o) => error('status', o, { status: 500, uncertain: true }),
  (o) => error('status', o, { status: 502, uncertain: true }),
  (o) => error('status', o, { status: 503, retryAfter: '0.02', uncertain: true }),
  (o) => error('network', o, { uncertain: true }),
  (o) => error('bad-answer', o, { uncertain: true }),
];

/** Creates an empty target. */
export function createTarget(options: TargetOptions): ModelTarget {
  const { random, leaseMs, lateWindowMs } = options;
  const objects = new Map<string, readonly string[]>();
  const overlaps: string[] = [];
  const counts = new Map<string, number>();
  let lateRequests = 0;
  let requests = 0;
  /** Pushes under way whose lease is good, by value. */
  const inFlight = new Map<string, { request: number; goodUntil: number; sender: Sender }>();

  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  /** Lets a request take effect at a moment, unless the machine is late for it. Returns whether it did. */
  async function landAt(
    moment: number,
    until: number,
    what: string,
    effect: Effect,
  ): Promise<boolean> {
    lateRequests += 1;
    await sleep(Math.max(moment - Date.now(), 0));
    lateRequests -= 1;
    if (Date.now() >= until) {
      count('late request dropped: this machine was too slow');
      return false;
    }
    effect();
    count('late request landed');
    options.log(`LATE ${what}`);
    return true;
  }

  async function request(
    sender: Sender,
    operation: XsoarOperation,
    value: string,
    what: string,
    effect: Effect,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const id = ++requests;
    const lease = sender.leaseOf(valueKey(TYPE, value));
    const begunAt = lease?.begunAt ?? Date.now();
    const other = inFlight.get(value);
    if (other?.sender.alive && other.goodUntil > Date.now()) {
      overlaps.push(`${what} by ${sender.name} while ${other.sender.name} pushes it`);
    }
    inFlight.set(value, { request: id, goodUntil: begunAt + leaseMs, sender });
    const line = `${what} by ${sender.name}`;
    const act = (): void => {
      effect();
      options.log(line);
    };
    try {
      count('request');
      const { failure, late, freeze, ...shares } = options.trouble();
      const draw = random.next();
      const latency = random.below(options.latencyMs);
      const before = random.below(latency + 1);
      // After the lease of its holder, and not after the window that follows it.
      const lateAt = begunAt + leaseMs + lateWindowMs * (0.3 + 0.6 * random.next());
      const lateUntil = begunAt + leaseMs + lateWindowMs - 2;
      const ambiguous = random.chance(shares.ambiguous);
      const commits = random.chance(0.5);
      const failWith = random.pick(ambiguous ? AMBIGUOUS : CERTAIN);

      await sleep(before);
      if (!sender.alive) {
        // On the wire when its sender died: it arrives, sooner or later.
        void landAt(lateAt, lateUntil, line, effect);
        return await never;
      }
      if (draw < freeze && lease) {
        count('freeze');
        options.onFreeze(lease);
        const landed = await landAt(lateAt, lateUntil, `${line} (frozen)`, effect);
        if (!sender.alive) return await never;
        if (!landed) throw error('network', operation, { uncertain: true });
        return;
      }
      if (draw < freeze + late) {
        // The answer does not come in time; its moment is counted from giving up.
        await sleep(Math.max(begunAt + leaseMs / 3 - Date.now(), 0));
        if (!sender.alive) {
          void landAt(lateAt, lateUntil, line, effect);
          return await never;
        }
        const now = Date.now();
        const at = now + lateWindowMs * (0.2 + 0.6 * random.next());
        void landAt(at, now + lateWindowMs - 2, `${line} (timed out)`, effect);
        throw error('timeout', operation, { uncertain: true });
      }
      if (signal?.aborted) throw error('aborted', operation, { uncertain: false });
      if (draw < freeze + late + failure) {
        if (ambiguous && commits) act();
        await sleep(latency - before);
        if (!sender.alive) return await never;
        const failed = failWith(operation);
        options.log(`failed: ${line}: ${failed.message}`);
        throw failed;
      }
      act();
      await sleep(latency - before);
      if (!sender.alive) return await never;
    } finally {
      if (inFlight.get(value)?.request === id) inFlight.delete(value);
    }
  }

  return {
    objects,
    overlaps,
    counts,
    get lateRequests() {
      return lateRequests;
    },
    leasesLost: () => inFlight.clear(),
    clientOf(sender) {
      const write = async (
        operation: 'create' | 'edit',
        { value, CustomFields }: Pick<IocObject, 'value' | 'CustomFields'>,
        signal?: AbortSignal,
      ): Promise<IocObject> => {
        const tags = CustomFields?.tags;
        const marks = Array.isArray(tags) ? tags.map(String).sort() : [];
        const effect = (): void => void objects.set(value, marks);
        await request(sender, operation, value, `${value} := ${marks.join(' ')}`, effect, signal);
        return { id: value, value, indicator_type: TYPE, version: 1 };
      };
      return {
        create: (indicator, signal) => write('create', indicator, signal),
        edit: (indicator, signal) => write('edit', indicator, signal),
        async batchDelete(targets, _reason, signal) {
          const ids = targets.map(idOf);
          for (const value of ids) {
            const effect = (): void => void objects.delete(value);
            await request(sender, 'delete', value, `${value} removed`, effect, signal);
          }
          return { updatedIds: [...ids] };
        },
        search: async () => ({ iocObjects: [], total: 0 }),
      };
    },
  };
}
