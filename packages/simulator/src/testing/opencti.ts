import { afterEach } from 'vitest';
import type { FakeOpencti, FakeOpenctiOptions } from '../opencti/fake.ts';
import { startFakeOpencti } from '../opencti/start.ts';
import { openSse, type SseClient } from './sse.ts';

/** A fake OpenCTI and clients of it, all closed after the test. */
export interface OpenctiBench {
  start(options?: FakeOpenctiOptions): Promise<FakeOpencti>;
  /** Connects to the stream; `query` without the question mark. */
  connect(fake: FakeOpencti, query?: string, headers?: Record<string, string>): Promise<SseClient>;
}

export function openctiBench(): OpenctiBench {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return {
    async start(options = {}) {
      const fake = await startFakeOpencti({
        heartbeatMs: 20,
        blockMs: 50,
        consumerMetrics: false,
        ...options,
      });
      open.push(() => fake.close());
      return fake;
    },
    async connect(fake, query = 'from=0-0', headers = {}) {
      const client = await openSse(`${fake.url}/stream/${fake.streamId}?${query}`, {
        authorization: `Bearer ${fake.token}`,
        ...headers,
      });
      open.push(() => client.close());
      return client;
    },
  };
}
