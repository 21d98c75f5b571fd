/**
 * The limit of this machine: the creates of a feed, posted by a bare keep-alive loop of
 * `undici.request`, without a queue, in a process of its own.
 */
import { Pool } from 'undici';
import { bodiesOf, type PostOrder, postRequest } from '../harness/post-bodies.ts';
import { serve } from './serve.ts';

/** What the process can be asked. */
export interface PostCalls {
  /** Posts everything, and tells what it took. Rejects when an answer is no success. */
  post(order: PostOrder): Promise<{ perSecond: number; cpuMicros: number }>;
}

const calls: PostCalls = {
  async post(order) {
    const { url, count, concurrency, seed } = order;
    const bodies = bodiesOf(count, seed);
    const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
    const request = postRequest(order);
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
