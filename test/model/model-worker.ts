/** A worker of the model: the real one over the model's target, with a life that may end at any moment. */
import {
  connectRedis,
  createSlots,
  type Keys,
  type LeaseTimes,
  type MappingResult,
  type Slots,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import {
  type DeliverySettings,
  startDeliveryWorker,
} from '../../packages/worker/src/delivery-worker.ts';
import { guardLeases } from '../../packages/worker/src/lease-guard.ts';
import type { ValuePusher } from '../../packages/worker/src/push.ts';
import { type LeaseFacts, type ModelTarget, modelType, type Sender } from './target.ts';

/** What a worker of the model works with. */
export interface WorkerParts {
  name: string;
  redisUrl: string;
  keys: Keys;
  times: LeaseTimes;
  settings: DeliverySettings;
  pushBudgetMs: number;
  target: ModelTarget;
  logger: Logger;
  log(line: string): void;
}

/** One life of a worker. */
export interface ModelWorker {
  readonly name: string;
  readonly alive: boolean;
  /** Entities whose push is under way. */
  busy(): LeaseFacts[];
  /** As by SIGKILL: nothing that it began is ended, except what is on the wire. */
  kill(): Promise<void>;
  /** As by SIGTERM. */
  stop(): Promise<void>;
}

/** What the model's mapping makes of a payload: see messageOf. */
export function mapModel(object: Record<string, unknown>): MappingResult {
  const { entity, version, values } = object.model as {
    entity: string;
    version: string;
    values: readonly string[];
  };
  if (values.length === 0) {
    return { ok: false, reason: 'no-pattern', detail: 'no values', leftOut: [], notes: [] };
  }
  return {
    ok: true,
    leftOut: [],
    notes: [],
    indicators: values.map((value) => ({
      value,
      indicator_type: modelType,
      score: 1,
      CustomFields: { tags: [`${entity}@${version}`] },
    })),
  };
}

/** Starts a worker. */
export function startModelWorker(parts: WorkerParts): ModelWorker {
  const redis = connectRedis(parts.redisUrl, parts.name, () => {});
  const jobsRedis = connectRedis(parts.redisUrl, `${parts.name}-jobs`, () => {});
  let alive = true;
  const leases = new Map<string, LeaseFacts>();
  const sender: Sender = {
    name: parts.name,
    get alive() {
      return alive;
    },
    leaseOf: (key) => byValue.get(key),
  };
  const byValue = new Map<string, LeaseFacts>();
  const slots = createSlots(redis, parts.keys, parts.times);

  /** Notes under which lease a value is pushed. */
  const noting: Slots = {
    ...slots,
    async begin(entityId, token, jobId) {
      const begunAt = Date.now();
      const begun = await slots.begin(entityId, token, jobId);
      if (begun.kind === 'leased') leases.set(entityId, { entity: entityId, begunAt, jobId });
      parts.log(
        `${parts.name} begins ${entityId} (${jobId}): ${begun.kind}${
          begun.kind === 'leased'
            ? ` ${begun.version} ${begun.operation} provisional=${begun.provisional} bound=${begun.boundValues}`
            : ''
        }`,
      );
      return begun;
    },
    async plan(entityId, token, wanted, dropped) {
      const planned = await slots.plan(entityId, token, wanted, dropped);
      const lease = leases.get(entityId);
      if (planned.kind === 'planned' && lease) {
        for (const { key } of planned.records) byValue.set(key, lease);
      }
      parts.log(`${parts.name} plans ${entityId}: ${planned.kind} drops ${dropped}`);
      return planned;
    },
    async settle(entityId, token, version, outcome) {
      const settled = await slots.settle(entityId, token, version, outcome);
      leases.delete(entityId);
      parts.log(`${parts.name} settles ${entityId} ${version}: ${settled.kind}`);
      return settled;
    },
    async release(entityId, token, valueKeys, failure) {
      const released = await slots.release(entityId, token, valueKeys, failure);
      leases.delete(entityId);
      parts.log(`${parts.name} releases ${entityId}: uncertain=${failure.uncertain}`);
      return released;
    },
    async bury(entityId, jobId, version) {
      const buried = await slots.bury(entityId, jobId, version);
      parts.log(`${parts.name} buries ${entityId} (${jobId}): ${buried.kind}`);
      return buried;
    },
  };

  const guard = guardLeases(parts.target.clientOf(sender), Date.now);
  /** As the writer of XSOAR, but without looking before: every request is a write. */
  const writer: ValuePusher = {
    async upsert({ value, indicator_type, CustomFields }, _known, signal) {
      const known = parts.target.objects.has(value);
      const wanted = { value, indicator_type, CustomFields };
      if (known) await guard.client.edit({ ...wanted, id: value, version: -1 }, signal);
      else await guard.client.create(wanted, signal);
      return { outcome: known ? 'edited' : 'created', id: value, version: null };
    },
    async remove({ value }, reason, signal) {
      const known = parts.target.objects.has(value);
      await guard.client.batchDelete([value], reason, signal);
      return { outcome: known ? 'deleted' : 'absent' };
    },
  };
  const worker = startDeliveryWorker(parts.settings, {
    name: parts.name,
    redis,
    jobsRedis,
    keys: parts.keys,
    slots: noting,
    writer,
    map: mapModel,
    beginPush: (signal) => guard.begin(signal, parts.pushBudgetMs),
    logger: parts.logger,
    metrics: {
      result: () => {},
      dead: () => {},
      holds: () => {},
      swept: () => {},
      trimmed: () => {},
    },
    onRedisError: () => {},
    onDeaf: (error) => parts.log(`${parts.name}: ${error.message}`),
  });

  return {
    name: parts.name,
    get alive() {
      return alive;
    },
    busy: () => [...leases.values()],
    async kill() {
      if (!alive) return;
      alive = false;
      parts.log(`${parts.name} is killed`);
      redis.disconnect();
      jobsRedis.disconnect();
      await worker.abandon().catch(() => {});
    },
    async stop() {
      if (!alive) return;
      await worker.stop();
      alive = false;
      redis.disconnect();
      jobsRedis.disconnect();
    },
  };
}
