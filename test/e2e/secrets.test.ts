import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { startPipeline } from './pipeline.ts';

const TOKEN = 'marked-opencti-token-5d1f';
const KEY = 'marked-xsoar-key-93ab';
const HEADER = 'marked-proxy-header-c07e';

/** Everything that a Redis holds, as it would send it. */
async function contents(url: string): Promise<string> {
  const redis = new Redis(url);
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const dump = await redis.dumpBuffer(key);
    const type = await redis.type(key);
    const values =
      type === 'hash'
        ? JSON.stringify(await redis.hgetall(key))
        : type === 'string'
          ? await redis.get(key)
          : dump?.toString('latin1');
    parts.push(`${key} ${values}`);
  }
  redis.disconnect();
  return parts.join('\n');
}

it('no token, key or header shows in logs, metrics or Redis, whatever fails', {
  timeout: 60_000,
}, async () => {
  const pipeline = await startPipeline({
    opencti: { token: TOKEN },
    xsoar: { keys: [{ id: '17', key: KEY }] },
  });
  try {
    const ingest = await pipeline.ingest({
      CONNECTOR_LOG_LEVEL: 'debug',
      OPENCTI_CUSTOM_HEADERS: `X-Proxy:${HEADER}`,
    });
    const worker = await pipeline.worker({ CONNECTOR_LOG_LEVEL: 'debug' });
    // Refused, broken, unauthorized, sent elsewhere: what has most to tell; and an XSOAR, or a
    // proxy before it, that sends back what it was sent.
    const body = JSON.stringify({ detail: `the key ${KEY} may not do that` });
    for (const status of [400, 500, 401]) {
      pipeline.xsoar.faults.add({ fault: { kind: 'status', status, body }, times: 2 });
    }
    const location = `http://127.0.0.1:9/?key=${KEY}`;
    pipeline.xsoar.faults.add({ fault: { kind: 'redirect', location }, times: 1 });
    await pipeline.opencti.play(generateFeed({ events: 100, seed: 3 })).finished;
    await pipeline.quiet();
    const metrics = (await ingest.metrics()) + (await worker.metrics());
    const redis = await contents(pipeline.redis.url);
    await ingest.end('SIGTERM');
    await worker.end('SIGTERM');
    const logs = JSON.stringify([...ingest.logs(), ...worker.logs()]);

    expect(logs).toContain('401');
    // It was looked where it could be.
    expect(redis).toContain('bindings ');
    expect(redis).toContain('may not do that');
    for (const [where, text] of Object.entries({ logs, metrics, redis })) {
      for (const secret of [TOKEN, KEY, HEADER]) {
        expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
      }
    }
  } finally {
    await pipeline.close();
  }
});
