import { createLogger } from '@xsoar-intel/runtime';
import { expect, it, onTestFinished, vi } from 'vitest';
import { watchStreamName } from './stream-name.ts';

const soon = { timeout: 5_000, interval: 5 };
const times = { againMs: 20, failedMs: 10 };

/** `kept`: what Redis has; `answers`: names that OpenCTI tells one after the other, an error for null. */
function world(kept: string | null, answers: (string | null)[]) {
  const stored = { value: kept };
  const said: unknown[] = [];
  const api = {
    streamCollection: vi.fn(async (id: string) => {
      const name = answers.length > 1 ? answers.shift() : answers[0];
      if (name === null || name === undefined) throw new Error('away');
      return { id, name, description: null, live: true, public: false };
    }),
  };
  const watch = watchStreamName(
    {
      redis: {
        get: vi.fn(async () => stored.value) as never,
        set: vi.fn(async (_key: string, value: string) => {
          stored.value = value;
          return 'OK';
        }) as never,
      },
      keys: { streamName: 'name' },
      ...{ api, streamId: 's-1' },
      logger: createLogger({
        ...{ level: 'info', name: 'test', version: '0' },
        destination: { write: (line: string) => said.push(JSON.parse(line)) },
      }),
    },
    times,
  );
  onTestFinished(() => watch.stop());
  return { api, watch, stored, said };
}

it('the name is asked for once and kept for the next ingest', async () => {
  const { api, watch, stored, said } = world(null, ['  Indicators for XSOAR ']);
  await vi.waitFor(() => expect(watch.name).toBe('Indicators for XSOAR'), soon);
  expect(stored.value).toBe('s-1 Indicators for XSOAR');
  expect(said).toMatchObject([{ stream: 's-1', name: 'Indicators for XSOAR' }]);
  expect(api.streamCollection).toHaveBeenCalledTimes(1);
});

it('a name in Redis spares the question, the name of another stream does not', async () => {
  const known = world('s-1 Known', ['Other']);
  await vi.waitFor(() => expect(known.watch.name).toBe('Known'), soon);
  expect(known.api.streamCollection).not.toHaveBeenCalled();
  const former = world('s-2 Former', ['Now']);
  await vi.waitFor(() => expect(former.watch.name).toBe('Now'), soon);
});

it('an OpenCTI that does not answer is asked again', async () => {
  const { watch } = world(null, [null, null, 'At last']);
  await vi.waitFor(() => expect(watch.name).toBe('At last'), soon);
});

it('a change of the name is noticed, and a name has a bound', async () => {
  const { watch, stored } = world(null, ['Old', 'n'.repeat(5_000)]);
  await vi.waitFor(() => expect(watch.name).toBe('Old'), soon);
  stored.value = null;
  await vi.waitFor(() => expect(watch.name).toBe('n'.repeat(200)), soon);
});
