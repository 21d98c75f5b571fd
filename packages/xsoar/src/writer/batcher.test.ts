import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refusal } from '../testing/fake-tenant.ts';
import { rejection } from '../testing/rejection.ts';
import type { XsoarError } from '../xsoar-error.ts';
import { Batcher, type BatcherOptions } from './batcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A batcher that answers each key with itself in capitals, and notes its batches. */
function make(options: Partial<BatcherOptions<string>> = {}) {
  const batches: string[] = [];
  const batcher = new Batcher<string>({
    operation: 'search',
    maxKeys: 3,
    maxCharacters: 100,
    windowMs: 3,
    gatherMs: 3,
    holdBackAt: Number.POSITIVE_INFINITY,
    maxHoldBackMs: 1000,
    leavesDoubt: false,
    run: async (group, keys) => {
      batches.push(`${group}:${keys.join('')}`);
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    },
    splitOn: () => false,
    ...options,
  });
  return { batcher, batches };
}

it('joins what is asked within the window', async () => {
  const { batcher, batches } = make();
  const first = batcher.ask('', 'a');
  await vi.advanceTimersByTimeAsync(2);
  const second = batcher.ask('', 'b');
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await Promise.all([first, second])).toEqual(['A', 'B']);
  expect(batches).toEqual([':ab']);
});

it('leaves at once when it is full', async () => {
  const { batcher, batches } = make();
  const answers = ['a', 'b', 'c', 'd'].map((key) => batcher.ask('', key));
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual([':abc']);
  await vi.advanceTimersByTimeAsync(3);
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D']);
  expect(batches).toEqual([':abc', ':d']);
});

it('asks once for equal keys', async () => {
  const { batcher, batches } = make();
  const answers = Promise.all([batcher.ask('', 'a'), batcher.ask('', 'a')]);
  await vi.advanceTimersByTimeAsync(3);
  expect(await answers).toEqual(['A', 'A']);
  expect(batches).toEqual([':a']);
});

it('keeps groups apart', async () => {
  const { batcher, batches } = make();
  const answers = Promise.all([batcher.ask('x', 'a'), batcher.ask('y', 'a')]);
  await vi.advanceTimersByTimeAsync(3);
  await answers;
  expect(batches).toEqual(['x:a', 'y:a']);
});

it('bounds the length of a batch, but takes any single key', async () => {
  const { batcher, batches } = make({ maxCharacters: 4 });
  const answers = Promise.all(['aaa', 'bbb', 'cccccccc'].map((key) => batcher.ask('', key)));
  await vi.advanceTimersByTimeAsync(3);
  await answers;
  expect(batches).toEqual([':aaa', ':bbb', ':cccccccc']);
});

it('fails each of a batch with an error of its own', async () => {
  const { batcher } = make({ run: () => Promise.reject(refusal('search', 503, 'busy')) });
  const failed = Promise.all([rejection(batcher.ask('', 'a')), rejection(batcher.ask('', 'b'))]);
  await vi.advanceTimersByTimeAsync(3);
  const [first, second] = await failed;
  expect(first).toMatchObject({ kind: 'status', status: 503, operation: 'search' });
  expect(second).toMatchObject({ kind: 'status', status: 503, message: first.message });
  expect(second).not.toBe(first);
});

it('hands on a defect as it is', async () => {
  const defect = new TypeError('x is not a function');
  const { batcher } = make({ run: () => Promise.reject(defect) });
  const failed = expect(batcher.ask('', 'a')).rejects.toBe(defect);
  await vi.advanceTimersByTimeAsync(3);
  await failed;
});

it('asks in halves when one key may be at fault, so that only that one fails', async () => {
  const asked: string[] = [];
  const { batcher } = make({
    maxKeys: 8,
    run: async (_group, keys) => {
      asked.push(keys.join(''));
      if (keys.includes('f')) throw refusal('search', 400, 'no f');
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    },
    splitOn: (error: XsoarError) => error.status === 400,
  });
  const answers = Promise.allSettled([...'abcdefgh'].map((key) => batcher.ask('', key)));
  await vi.advanceTimersByTimeAsync(3);
  const settled = (await answers).map((answer) =>
    answer.status === 'fulfilled' ? answer.value : answer.reason.status,
  );
  expect(settled).toEqual(['A', 'B', 'C', 'D', 'E', 400, 'G', 'H']);
  expect(asked).toEqual(['abcdefgh', 'abcd', 'efgh', 'ef', 'gh', 'e', 'f']);
});

it('leaves out who gives up before the batch leaves', async () => {
  const { batcher, batches } = make();
  const controller = new AbortController();
  const given = rejection(batcher.ask('', 'a', controller.signal));
  const other = batcher.ask('', 'b');
  controller.abort();
  expect(await given).toMatchObject({ kind: 'aborted', uncertain: false });
  await vi.advanceTimersByTimeAsync(3);
  expect(await other).toBe('B');
  expect(batches).toEqual([':b']);
});

it('sends nothing when all have given up', async () => {
  const { batcher, batches } = make();
  const controller = new AbortController();
  const given = rejection(batcher.ask('', 'a', controller.signal));
  controller.abort();
  await given;
  await vi.advanceTimersByTimeAsync(10);
  expect(batches).toEqual([]);
  expect(await rejection(batcher.ask('', 'a', controller.signal))).toMatchObject({
    kind: 'aborted',
  });
});

it('goes on for the others when one gives up under way, who is left with a doubt', async () => {
  const answer = Promise.withResolvers<ReadonlyMap<string, string>>();
  const { batcher } = make({ leavesDoubt: true, run: () => answer.promise });
  const controller = new AbortController();
  const given = rejection(batcher.ask('', 'a', controller.signal));
  const sharing = batcher.ask('', 'a');
  const other = batcher.ask('', 'b');
  await vi.advanceTimersByTimeAsync(3);
  controller.abort();
  expect(await given).toMatchObject({ kind: 'aborted', uncertain: true });
  answer.resolve(new Map([...'ab'].map((key) => [key, key])));
  expect(await Promise.all([sharing, other])).toEqual(['a', 'b']);
});

it('holds a batch back in bulk until a request returns', async () => {
  const returns: (() => void)[] = [];
  const batches: string[] = [];
  const { batcher } = make({
    holdBackAt: 3,
    run: async (_group, keys) => {
      batches.push(keys.join(''));
      await new Promise<void>((resolve) => returns.push(resolve));
      return new Map(keys.map((key) => [key, key]));
    },
  });
  const answers = [...'abcd'].map((key) => batcher.ask('', key));
  await vi.advanceTimersByTimeAsync(10);
  answers.push(batcher.ask('', 'e'));
  await vi.advanceTimersByTimeAsync(10);
  expect(batches).toEqual(['abc']);
  returns.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual(['abc', 'de']);
  returns.shift()?.();
  expect(await Promise.all(answers)).toEqual([...'abcde']);
});

it('holds nothing back longer than it may', async () => {
  const { batcher, batches } = make({
    holdBackAt: 1,
    maxHoldBackMs: 50,
    run: (_group, keys) => {
      batches.push(keys.join(''));
      return new Promise(() => {});
    },
  });
  void batcher.ask('', 'a');
  await vi.advanceTimersByTimeAsync(3);
  void batcher.ask('', 'b');
  await vi.advanceTimersByTimeAsync(52);
  expect(batches).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(1);
  expect(batches).toEqual(['a', 'b']);
});

it('holds nothing back while few are in flight', async () => {
  const { batcher, batches } = make({
    holdBackAt: 2,
    run: (_group, keys) => {
      batches.push(keys.join(''));
      return new Promise(() => {});
    },
  });
  void batcher.ask('', 'a');
  await vi.advanceTimersByTimeAsync(3);
  void batcher.ask('', 'b');
  await vi.advanceTimersByTimeAsync(3);
  expect(batches).toEqual(['a', 'b']);
});

it('tells by their signals whose requests became one, and gives that one the signal that it is told', async () => {
  const told: (readonly AbortSignal[])[] = [];
  const seen: (AbortSignal | undefined)[] = [];
  const [a, b, ofRequest] = Array.from({ length: 3 }, () => new AbortController().signal);
  const { batcher } = make({
    run: async (_group, keys, signal) => {
      seen.push(signal);
      return new Map(keys.map((key) => [key, key]));
    },
    joined(askers) {
      told.push(askers);
      return ofRequest;
    },
  });
  const answers = [
    batcher.ask('', 'x', a),
    batcher.ask('', 'x', b),
    batcher.ask('', 'y', a),
    batcher.ask('', 'z'),
  ];
  await vi.advanceTimersByTimeAsync(3);
  await Promise.all(answers);
  expect(told).toEqual([[a, b]]);
  expect(seen).toEqual([ofRequest]);
});
