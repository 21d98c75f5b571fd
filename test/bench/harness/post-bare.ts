import type { XsoarCalls } from '../processes/fake-xsoar.ts';
import type { PostCalls } from '../processes/post-loop.ts';
import { cpuSeconds } from './proc.ts';
import { startProgram } from './program.ts';

/** Requests of one run of the bare loop. */
export const POSTS = { full: 40_000, quick: 20_000, smoke: 200 };

/** One run of the bare loop against a fresh simulator, which takes `latencyMs` for each request. */
export async function postBare(
  count: number,
  concurrency: number,
  seed: number,
  latencyMs = 0,
): Promise<{ perSecond: number; loopMicros: number; serverMicros: number; serverMs: number }> {
  const xsoar = await startProgram<XsoarCalls>('fake-xsoar');
  const loop = await startProgram<PostCalls>('post-loop');
  try {
    await xsoar.call('latency', { default: latencyMs });
    const order = { ...(await xsoar.call('access', null)), concurrency };
    // Compiled code first: ours has run for a while too when it is timed.
    await loop.call('post', { ...order, count: Math.ceil(count / 10), seed: seed + 1_000 });
    await xsoar.call('forget', { values: false });
    const before = cpuSeconds(xsoar.pid);
    const { perSecond, cpuMicros } = await loop.call('post', { ...order, count, seed });
    const serverMicros = ((cpuSeconds(xsoar.pid) - before) * 1e6) / count;
    const { insideMs, requests } = await xsoar.call('arrived', null);
    return { perSecond, loopMicros: cpuMicros, serverMicros, serverMs: insideMs / requests };
  } finally {
    await Promise.all([xsoar.close(), loop.close()]);
  }
}
