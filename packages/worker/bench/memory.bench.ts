/**
 * Redis memory per settled indicator, and its bound: 500 bytes for each indicator of
 * XSOAR, so that 1,000,000 fit 500 MB (500,000,000 bytes).
 *
 *   node packages/worker/bench/memory.bench.ts [count] [file of STIX objects, one JSON a line]
 *
 * Settles so many made-up indicators (or those of the file), with XSOAR's ids in both
 * styles that are known, each in a Redis of its own, and reports what its memory grew by,
 * all keys included. Exits with 1 above the bound. With few indicators what Redis takes for
 * its clients counts, and just above a power of two its tables are half empty: the bound is
 * meant for 100,000 and for 1,000,000. Needs redis-server on the PATH.
 */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { entityIdOf, parseEventId, type StixObject } from '@xsoar-intel/opencti';
import {
  connectRedis,
  contributionsOf,
  createSlots,
  keysOf,
  mapIndicator,
  mergeContributions,
  type Redis,
  type Slots,
  type Wanted,
} from '@xsoar-intel/pipeline';
import { startRedis } from '../../../test/support/redis.ts';
import { generateFeed } from '../../simulator/src/index.ts';

const count = Number(process.argv[2] ?? 100_000);
const file = process.argv[3];
/** Bytes for each value. */
const BOUND = 500;
const connectorId = '2f1b6f0e-6f0b-4a54-9a55-0c3d5b1f7a11';
const mapping = {
  source: 'OpenCTI',
  authorName: () => 'ACME CTI',
  openctiUrl: 'https://opencti.example.com',
};
const version = parseEventId('1767225600000-0') ?? never();
/** XSOAR's ids: counted, or 32 hex digits that come of the value. */
const ID_STYLES = {
  md5: (key: string) => hash('md5', key, 'hex'),
  counter: (_key: string, count: number) => String(1_000_000 + count),
};

function never(): never {
  throw new Error('no version');
}

async function* objects(): AsyncGenerator<StixObject> {
  if (file !== undefined) {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (line !== '') yield JSON.parse(line) as StixObject;
    }
    return;
  }
  for (const one of generateFeed({
    events: 4 * count,
    entities: 4 * count,
    updateShare: 0,
    seed: 1,
  })) {
    if ('object' in one) yield one.object as unknown as StixObject;
  }
}

const usedBytes = async (redis: Redis): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);

/** Bytes for each value. */
async function measure(style: keyof typeof ID_STYLES): Promise<number> {
  const server = await startRedis(['--appendonly', 'no']);
  const redis = connectRedis(server.url, 'bench', () => {});
  const keys = keysOf(connectorId);
  const slots = createSlots(redis, keys, {
    leaseMs: 60_000,
    lateWindowMs: 60_000,
    tombstoneMs: 60_000,
  });
  await slots.begin('warm-up', 't', 'j');
  const before = await usedBytes(redis);
  const began = performance.now();
  let entities = 0;
  let values = 0;
  let batch: Promise<void>[] = [];
  for await (const object of objects()) {
    const mapped = mapIndicator(object, mapping);
    if (!mapped.ok) continue;
    const wanted = contributionsOf(mapped.indicators);
    const first = values;
    entities += 1;
    values += wanted.length;
    const idOf = (key: string, index: number) => ID_STYLES[style](key, first + index);
    batch.push(settle(slots, entityIdOf(object) ?? object.id, wanted, idOf));
    if (batch.length === 200) {
      await Promise.all(batch);
      batch = [];
    }
    if (values >= count) break;
  }
  await Promise.all(batch);
  const micros = Math.round(((performance.now() - began) * 1000) / entities);
  const grown = (await usedBytes(redis)) - before;
  const perValue = grown / values;
  process.stdout.write(
    `ids=${style}: ${entities} OpenCTI indicators with ${values} values: ${grown} bytes, ${perValue.toFixed(1)} for each value, ${(grown / entities).toFixed(1)} for each OpenCTI indicator. ${micros} us for each settle.\n`,
  );
  for (const key of [keys.bindings, keys.values]) {
    const bytes = Number(await redis.memory('USAGE', key, 'SAMPLES', 0));
    const entries = await redis.hlen(key);
    process.stdout.write(
      `  ${key}: ${entries} entries, ${Math.round(bytes / entries)} bytes each\n`,
    );
  }
  redis.disconnect();
  await server.stop();
  return perValue;
}

async function settle(
  slots: Slots,
  entityId: string,
  wanted: Wanted[],
  idOf: (key: string, index: number) => string,
): Promise<void> {
  await slots.put([{ entityId, version, operation: 'upsert', payload: '{}' }]);
  await slots.begin(entityId, 't', 'j');
  await slots.plan(entityId, 't', wanted, []);
  await slots.settle(entityId, 't', version.text, {
    values: wanted.map(({ key, contribution }, index) => ({
      key,
      xsoarId: idOf(key, index),
      version: 1,
      hash: mergeContributions([contribution])?.hash ?? '',
      outcome: 'present',
    })),
    bound: wanted.map(({ key }) => key),
    skipReason: null,
    answered: true,
  });
}

for (const style of Object.keys(ID_STYLES) as (keyof typeof ID_STYLES)[]) {
  if ((await measure(style)) > BOUND) {
    process.stdout.write(`More than ${BOUND} bytes for each value.\n`);
    process.exitCode = 1;
  }
}
