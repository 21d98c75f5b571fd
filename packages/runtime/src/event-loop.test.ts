import { afterEach, expect, it, vi } from 'vitest';
import { type EventLoopWatch, watchEventLoop } from './event-loop.ts';
import { createMetrics } from './metrics.ts';

let watch: EventLoopWatch | undefined;
afterEach(() => watch?.stop());

/** Holds the event loop up. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('turns until it stood still for longer than the limit, and again after a while', async () => {
  const metrics = createMetrics({ process: 'test' });
  watch = watchEventLoop(150, { periodMs: 300, metrics });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(watch.turning()).toBe(true);

  block(400);
  await vi.waitFor(() => expect(watch?.turning()).toBe(false));
  expect(watch.worstMs()).toBeGreaterThan(150);
  const text = await metrics.registry.metrics();
  const seconds = /^xsoar_intel_event_loop_standstill_seconds (\S+)$/m.exec(text)?.[1];
  expect(Number(seconds)).toBeGreaterThan(0.15);

  await vi.waitFor(() => expect(watch?.turning()).toBe(true), { timeout: 5_000 });
});
