/**
 * What becomes of the stream for each way in which OpenCTI can fail: the state that operators see, the words of
 * the log, the wait until the next attempt, and that nothing is missing afterwards. Holds and
 * attempts are not asked for: they are those of deliveries, of which the stream has none. The metric
 * counts what has a wait (see ingest's reader.ts).
 */
import { openLiveStream, type StreamState, type StreamStateChange } from '@xsoar-intel/opencti';
import { type FakeOpencti, type Fault, startFakeOpencti } from '@xsoar-intel/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDomain, entityIdOf } from '../support/indicators.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/until.ts';

let opencti: FakeOpencti;
beforeAll(async () => {
  opencti = await startFakeOpencti({ heartbeatMs: 50, blockMs: 20 });
});
afterAll(() => opencti.close());

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  opencti.faults.clear();
  await close?.();
});

/** Follows the stream from its last event on. */
function follow(url = opencti.url) {
  const from = opencti.stats().events.lastId ?? '';
  const seen: string[] = [];
  const changes: StreamStateChange[] = [];
  let position = from;
  const stream = openLiveStream({
    ...{ url, token: opencti.token, streamId: opencti.streamId, sslVerify: true },
    ...{ listenDelete: true, noDependencies: true, withInferences: false, silenceMs: 400 },
    position: async () => ({ from: position }),
    onMessage(message) {
      if (message.kind !== 'entity') return;
      position = message.id.text;
      seen.push(JSON.stringify(message));
    },
    onState: (change) => changes.push(change),
    room: () => undefined,
    backoff: { minMs: 10, maxMs: 40 },
  });
  close = () => stream.close();
  return { seen, changes };
}

/** The first failed attempt. */
const failedAttempt = (changes: readonly StreamStateChange[]) =>
  until('an attempt has failed', () => changes.find(({ retryInMs }) => retryInMs !== undefined));

/** A row: what is wrong, the state, what is said of it, and how long it is waited at least, ms. */
type Row = [what: string, fault: Fault, state: StreamState, said: RegExp, waitsMs: number];

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
  ...{ kind: 'status', status: code },
  ...more,
});
const soon = (form: 'seconds' | 'date'): Fault =>
  status(429, { retryAfter: 2, retryAfterForm: form });

const ROWS: Row[] = [
  ['400', status(400), 'waiting', /unexpected answer 400/, 0],
  ['401', status(401), 'unauthorized', /OPENCTI_TOKEN/, 0],
  ['403', status(403), 'unauthorized', /may not read streams/, 0],
  ['404', status(404), 'waiting', /base path in OPENCTI_URL/, 0],
  ['408', status(408), 'waiting', /unexpected answer 408/, 0],
  ['409', status(409), 'waiting', /unexpected answer 409/, 0],
  ['410', status(410), 'stopped', /start it under Data sharing/, 0],
  ['413', status(413), 'waiting', /unexpected answer 413/, 0],
  ['429', status(429), 'waiting', /limits our requests/, 0],
  ['429 with seconds', soon('seconds'), 'waiting', /limits our requests/, 1_900],
  // A date has no parts of a second.
  ['429 with a date', soon('date'), 'waiting', /limits our requests/, 900],
  ['500', status(500), 'waiting', /fails with 500/, 0],
  ['502', status(502), 'waiting', /fails with 502/, 0],
  ['503', status(503), 'waiting', /fails with 503/, 0],
  ['a wrong content type', { kind: 'html' }, 'waiting', /no event stream.*login page/, 0],
  [
    'a redirect',
    { kind: 'redirect', location: 'http://127.0.0.1:9/' },
    'waiting',
    /redirected.*not followed/,
    0,
  ],
  ['a reset', { kind: 'reset', when: 'before' }, 'waiting', /reset|closed|ended/i, 0],
  ['no answer', { kind: 'hang' }, 'waiting', /nothing|no answer|silen|time/i, 0],
  [
    'headers that come too late',
    { kind: 'slow-headers', delayMs: 900 },
    'waiting',
    /nothing|no answer|silen|time/i,
    0,
  ],
];

describe('the stream waits and goes on where it was after', () => {
  it.each(ROWS)('%s', async (what, fault, state, said, waitsMs) => {
    const name = `after-${what.replaceAll(' ', '-')}.example`;
    opencti.faults.add({ fault, operations: ['stream'], times: 1 });
    const { seen, changes } = follow();
    opencti.append(createDomain(name));
    const failed = await failedAttempt(changes);
    expect(failed).toMatchObject({ state });
    expect(failed.reason).toMatch(said);
    expect(failed.reason).not.toContain(opencti.token);
    if (fault.kind === 'status') expect(failed.status).toBe(fault.status);
    expect(failed.retryInMs).toBeGreaterThanOrEqual(waitsMs);
    await until('it goes on', () => seen.some((message) => message.includes(entityIdOf(name))));
    expect(changes.at(-1)?.state).toBe('live');
  });

  it.each(['reset', 'clean'] as const)('a body that is cut: %s', async (how) => {
    const { seen, changes } = follow();
    await until('it reads', () => changes.some(({ state }) => state === 'live'));
    opencti.append(createDomain(`before-${how}.example`));
    await until('it has read', () => seen.length > 0);
    opencti.cut(how);
    opencti.append(createDomain(`behind-${how}.example`));
    expect(await failedAttempt(changes)).toMatchObject({ state: 'waiting' });
    const wanted = entityIdOf(`behind-${how}.example`);
    await until('it goes on', () => seen.some((message) => message.includes(wanted)));
  });
});

describe('the stream waits for an address that', () => {
  it.each<[what: string, url: () => string | Promise<string>, said: RegExp]>([
    [
      'nobody listens at',
      async () => `http://127.0.0.1:${await freePort()}`,
      /ECONNREFUSED|listens/,
    ],
    ['no name leads to', () => 'http://opencti.invalid', /ENOTFOUND|EAI_AGAIN|resolve/],
    ['speaks no TLS', () => opencti.url.replace('http:', 'https:'), /does not speak TLS/],
  ])('%s', async (_, url, said) => {
    const { changes } = follow(await url());
    const failed = await failedAttempt(changes);
    expect(failed).toMatchObject({ state: 'waiting' });
    expect(failed.reason).toMatch(said);
    await until('it tries again', () => changes.filter(({ retryInMs }) => retryInMs).length > 1);
  });
});
