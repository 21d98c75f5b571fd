import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Load, startWatchdog, type Watchdog } from './watchdog.ts';

let load: Load;
let look: () => Promise<Load>;
let connected: boolean;
let watchdog: Watchdog;
let told: Error[];

beforeEach(() => {
  vi.useFakeTimers();
  load = { waiting: 3, held: false };
  look = async () => load;
  connected = true;
  told = [];
  watchdog = startWatchdog({
    look: () => look(),
    connected: () => connected,
    patienceMs: 60_000,
    everyMs: 5_000,
    now: () => Date.now(),
    onDeaf: (error) => told.push(error),
    onError: () => {},
  });
});
afterEach(() => {
  watchdog.stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('tells once when jobs wait and none is taken', async () => {
  await pass(55_000);
  expect(told).toEqual([]);
  await pass(15_000);
  expect(told.map(({ message }) => message)).toEqual([
    'jobs have waited for 60 s, and this worker took none: it is deaf',
  ]);
  await pass(300_000);
  expect(told).toHaveLength(1);
});

it.each<[string, () => void]>([
  ['no job waits', () => (load = { waiting: 0, held: false })],
  ['deliveries are held', () => (load = { waiting: 3, held: true })],
  ['Redis refuses', () => (look = () => Promise.reject(new Error('LOADING')))],
  ['the connection is down', () => (connected = false)],
])('is content while %s', async (_, change) => {
  change();
  await pass(600_000);
  expect(told).toEqual([]);
});

it('begins anew with every job that is taken', async () => {
  for (let round = 0; round < 5; round += 1) {
    await pass(50_000);
    watchdog.moved();
  }
  expect(told).toEqual([]);
  await pass(70_000);
  expect(told).toHaveLength(1);
});

it('tells when Redis does not answer over a connection that looks alive', async () => {
  look = () => new Promise(() => {});
  await pass(75_000);
  expect(told.map(({ message }) => message)).toEqual([
    'Redis has not answered for 60 s, over a connection that looks alive',
  ]);
});
