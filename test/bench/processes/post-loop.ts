/**
 * The limit of this machine: the creates of a feed, posted by a bare keep-alive loop of
 * `undici.request`, without a queue, in a process of its own.
 */
import { mapIndicator } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import { Pool } from 'undici';
import { FEED } from '../harness/feed.ts';
import { serve } from './serve.ts';

/** How to post. */
export interface PostOrder {
  url: string;
  key: string;
  keyId: string;
  count: number;
  concurrency: number;
  /** Of the feed; another one has other values. */
  seed: number;
}

/** What the process can be asked. */
export interface PostCalls {
  /** Posts everything, and tells what it took. Rejects when an answer is no success. */
  post(order: PostOrder): Promise<{ perSecond: number; cpuMicros: number }>;
}

/** The bodies that our own client sends, made beforehand: not part of the figure. */
function bodiesOf(count: number, seed: number): string[] {
  const bodies: string[] = [];
  for (const operation of generateFeed({ ...FEED, events: count, seed })) {
    if (operation.kind !== 'create') continue;
    const mapped = mapIndicator(operation.object, { source: 'OpenCTI', authorName: () => 'CERT' });
    for (const indicator of mapped.ok ? mapped.indicators : []) {
      bodies.push(JSON.stringify({ indicator, manually: false, seenNow: false }));
    }
  }
  return bodies.slice(0, count);
}

const calls: PostCalls = {
  async post({ url, key, keyId, count, concurrency, seed }) {
    const bodies = bodiesOf(count, seed);
    const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
    const request = {
      path: '/xsoar/public/v1/indicator/create',
      method: 'POST',
      headers: {
        authorization: key,
        'x-xdr-auth-id': keyId,
        accept: 'application/json',
        'content-type': 'application/json',
      },
    } as const;
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const { statusCode, body: answer } = await pool.request({ ...request, body });
        const text = await answer.text();
        if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${text.slice(0, 200)}`);
      }
    };
    const cpu = process.cpuUsage();
    const began = performance.now();
    await Promise.all(Array.from({ length: concurrency }, lane));
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    await pool.close();
    return { perSecond: bodies.length / seconds, cpuMicros: (user + system) / bodies.length };
  },
};

serve({ ...calls });
