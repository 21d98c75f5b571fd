import type { XsoarCalls } from '../processes/fake-xsoar.ts';
import type { PostCalls } from '../processes/post-loop.ts';
import { cpuSeconds } from './proc.ts';
import { startProgram } from './program.ts';
import { type Size, sized } from './scenario.ts';

/** Requests of one run of the bare loop. */
export const POSTS = { full: 40_000, quick: 20_000, smoke: 200 };

/** One run of the bare loop against a fresh simulator. */
export async function postBare(
  size: Size,
  concurrency: number,
  seed: number,
): Promise<{ perSecond: number; loopMicros: number; serverMicros: number }> {
  const count = sized({ size }, POSTS);
  const xsoar = await startProgram<XsoarCalls>('fake-xsoar');
  const loop = await startProgram<PostCalls>('post-loop');
  try {
    const order = { ...(await xsoar.call('access', null)), concurrency };
    // Compiled code first: ours has run for a while too when it is timed.
    await loop.call('post', { ...order, count: Math.ceil(count / 10), seed: seed + 1_000 });
    const before = cpuSeconds(xsoar.pid);
    const { perSecond, cpuMicros } = await loop.call('post', { ...order, count, seed });
    const serverMicros = ((cpuSeconds(xsoar.pid) - before) * 1e6) / count;
    return { perSecond, loopMicros: cpuMicros, serverMicros };
  } finally {
    await Promise.all([xsoar.close(), loop.close()]);
  }
}
