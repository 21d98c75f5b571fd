/** A real ingest in the test's process over a real Redis and the fake OpenCTI. No worker: what was read lies in slots. */
import { randomUUID } from 'node:crypto';
import {
  createIngestMetrics,
  type Ingest,
  type IngestSettings,
  startIngest,
} from '@xsoar-intel/ingest';
import type { StixObject } from '@xsoar-intel/opencti';
import {
  connectRedis,
  createCursorStore,
  keysOf,
  NO_DEBOUNCE,
  readStreamStatus,
} from '@xsoar-intel/pipeline';
import { createLogger, createMetrics } from '@xsoar-intel/runtime';
import { type FakeOpenctiOptions, startFakeOpencti } from '@xsoar-intel/simulator';
import { startRedis } from '../support/redis.ts';

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** An indicator of a test, changed last at `updatedMs`. */
export function indicator(n: number, updatedMs: number, more: object = {}): StixObject {
  const at = new Date(updatedMs).toISOString();
  const part = String(n).padStart(12, '0');
  return {
    id: `indicator--00000000-0000-4000-8000-${part}`,
    type: 'indicator',
    spec_version: '2.1',
    created: at,
    modified: at,
    revoked: false,
    name: `indicator ${n}`,
    pattern: `[ipv4-addr:value = '10.${n >> 16}.${(n >> 8) & 255}.${n & 255}']`,
    pattern_type: 'stix',
    valid_from: at,
    extensions: {
      [OPENCTI]: {
        id: `00000000-0000-4000-9000-${part}`,
        type: 'Indicator',
        created_at: at,
        updated_at: at,
        score: 50,
      },
    },
    ...more,
  };
}

/** Starts Redis and a fake OpenCTI; ingests are started by the test. */
export async function startWorld(options: FakeOpenctiOptions = {}) {
  const server = await startRedis();
  const opencti = await startFakeOpencti({ heartbeatMs: 50, blockMs: 20, ...options });
  const connectorId = randomUUID();
  const keys = keysOf(connectorId);
  const redis = connectRedis(server.url, 'test', () => {});
  const ingests: Ingest[] = [];

  return {
    opencti,
    redis,
    keys,
    connectorId,
    cursor: createCursorStore(redis, keys),
    status: () => readStreamStatus(redis, keys),
    /** Numbers of the indicators that lie in slots. */
    async read(): Promise<number[]> {
      const entities = await redis.zrange(keys.pending, '0', '-1');
      return entities.map((id) => Number(id.slice(-12))).sort((a, b) => a - b);
    },
    /** Takes what is pending away, as if workers had delivered it; returns its numbers. */
    async take(): Promise<number[]> {
      const [taken] =
        (await redis.multi().zrange(keys.pending, '0', '-1').del(keys.pending).exec()) ?? [];
      const ids = Array.isArray(taken?.[1]) ? taken[1].map(String) : [];
      return ids.map((id) => Number(id.slice(-12)));
    },
    /** Where the connections that are open now were asked to begin. */
    begins: () => opencti.stats().connections.map(({ request }) => request.start?.position ?? null),
    ingest(
      first: IngestSettings['stream']['first'],
      more: Omit<Partial<IngestSettings>, 'stream'> & {
        stream?: Partial<IngestSettings['stream']>;
      } = {},
    ) {
      const lines: Record<string, unknown>[] = [];
      const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
      const logger = createLogger({
        level: 'info',
        name: 'ingest',
        version: '0',
        destination: { write },
      });
      const metrics = createMetrics({ process: 'ingest', version: '0' });
      const { stream, ...others } = more;
      const ingest = startIngest(
        {
          redis: server.url,
          connectorId,
          opencti: {
            url: opencti.url,
            token: opencti.token,
            sslVerify: true,
            ca: null,
            headers: {},
            userAgent: 'test',
          },
          connector: { name: 'XSOAR', scope: ['xsoar'] },
          stream: {
            id: opencti.streamId,
            listenDelete: true,
            noDependencies: true,
            withInferences: false,
            eventTypes: [],
            silenceMs: 45_000,
            maxEventBytes: 4 * 1024 * 1024,
            first,
            ...stream,
          },
          batchSize: 100,
          debounce: NO_DEBOUNCE,
          waterMarks: { pendingHigh: 1e6, pendingLow: 1e5, memoryHigh: 0.9, memoryLow: 0.8 },
          leaderTtlMs: 2_000,
          times: { leaseMs: 2_000, lateWindowMs: 2_000, tombstoneMs: 60_000 },
          attempts: 8,
          registration: { pingMs: 100, retryMs: 50, confirmMs: 100 },
          ...others,
        },
        { logger, metrics: createIngestMetrics(metrics, 'XSOAR') },
      );
      ingests.push(ingest);
      return {
        ingest,
        lines,
        said: (words: string) => lines.filter(({ msg }) => String(msg).includes(words)),
        metric: async (name: string): Promise<number | null> => {
          const text = await metrics.registry.metrics();
          const line = text
            .split('\n')
            .find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
          return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ') + 1));
        },
      };
    },
    async close() {
      await Promise.all(ingests.map((ingest) => ingest.stop()));
      redis.disconnect();
      await Promise.all([opencti.close(), server.stop()]);
    },
  };
}

/** See {@link startWorld}. */
export type World = Awaited<ReturnType<typeof startWorld>>;
