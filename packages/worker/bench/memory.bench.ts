/**
 * Redis memory per settled indicator.
 *
 *   node packages/worker/bench/memory.bench.ts [count] [file of STIX objects, one JSON a line]
 *
 * Settles so many made-up indicators (or those of the file) in a Redis of its own and
 * reports what its memory grew by. Needs redis-server on the PATH.
 */
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
  type Wanted,
} from '@xsoar-intel/pipeline';
import { startRedis } from '../../../test/support/redis.ts';
import { generateFeed } from '../../simulator/src/index.ts';

const count = Number(process.argv[2] ?? 10_000);
const file = process.argv[3];
const connectorId = '2f1b6f0e-6f0b-4a54-9a55-0c3d5b1f7a11';
const mapping = {
  source: 'OpenCTI',
  authorName: () => 'ACME CTI',
  openctiUrl: 'https://opencti.example.com',
};

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

const server = await startRedis(['--appendonly', 'no']);
const redis = connectRedis(server.url, 'bench', () => {});
const keys = keysOf(connectorId);
const slots = createSlots(redis, keys, {
  leaseMs: 60_000,
  lateWindowMs: 60_000,
  tombstoneMs: 60_000,
});
const version = parseEventId('1767225600000-0');
if (version === null) throw new Error('no version');
await slots.begin('warm-up', 't', 'j');
const before = await usedBytes(redis);
const seconds = performance.now();

let entities = 0;
let values = 0;
let ids = 1_000_000;

async function settle(entityId: string, wanted: Wanted[]): Promise<void> {
  await slots.put([{ entityId, version: version ?? never(), operation: 'upsert', payload: '{}' }]);
  await slots.begin(entityId, 't', 'j');
  await slots.plan(entityId, 't', wanted, []);
  await slots.settle(entityId, 't', version?.text ?? never(), {
    values: wanted.map(({ key, contribution }) => ({
      key,
      xsoarId: String(ids++),
      version: 1,
      hash: mergeContributions([contribution])?.hash ?? '',
      outcome: 'present',
    })),
    bound: wanted.map(({ key }) => key),
    skipReason: null,
    answered: true,
  });
}

function never(): never {
  throw new Error('no version');
}

let batch: Promise<void>[] = [];
for await (const object of objects()) {
  const mapped = mapIndicator(object, mapping);
  if (!mapped.ok) continue;
  const wanted = contributionsOf(mapped.indicators);
  entities += 1;
  values += wanted.length;
  batch.push(settle(entityIdOf(object) ?? object.id, wanted));
  if (batch.length === 200) {
    await Promise.all(batch);
    batch = [];
  }
  if (values >= count) break;
}
await Promise.all(batch);
const grown = (await usedBytes(redis)) - before;
const perValue = Math.round(grown / values);
const micros = Math.round(((performance.now() - seconds) * 1000) / entities);
process.stdout.write(
  `${entities} OpenCTI indicators with ${values} values: ${grown} bytes, ${perValue} for each value; 1,000,000: ${perValue} MB. ${micros} us for each settle.\n`,
);
for (const key of [keys.bindings, keys.values]) {
  const bytes = Number(await redis.memory('USAGE', key, 'SAMPLES', 0));
  const entries = await redis.hlen(key);
  process.stdout.write(`${key}: ${entries} entries, ${Math.round(bytes / entries)} bytes each\n`);
}
redis.disconnect();
await server.stop();
