/**
 * What becomes of the stream, and of the connector's sign of life, for each way in which OpenCTI can fail:
 * the state that operators see in log, metrics and readiness, the wait until the next attempt, and that
 * nothing is missing afterwards. Holds and attempts are not asked for: they are those of deliveries, of
 * which the stream has none.
 */
import type { StreamState } from '@xsoar-intel/opencti';
import type { Fault } from '@xsoar-intel/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../opencti/world.ts';
import { createDomain, entityIdOf } from '../support/indicators.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { startUntrustedServer } from '../support/untrusted-server.ts';

let world: World;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  world = await startWorld();
  // So that there is a position: the rows are not about a first start.
  follow();
  await arrives('first.example');
  await stop?.();
});
afterEach(async () => {
  world.opencti.faults.clear();
  world.opencti.settings({ stall: false });
  await stop?.();
});
afterAll(() => world.close());

/** Starts an ingest that goes on from the stored position, at another address if need be. */
function follow(url = world.opencti.url) {
  const { token } = world.opencti;
  const opencti = { url, token, sslVerify: true, ca: null, headers: {}, userAgent: 'test' };
  const stream = { silenceMs: 400, backoff: { minMs: 10, maxMs: 40 } };
  const one = world.ingest({ startAt: null, recoverUntil: null }, { opencti, stream });
  stop = () => one.ingest.stop();
  return one;
}
type Followed = ReturnType<typeof follow>;

/** A new event is read. */
async function arrives(name: string): Promise<void> {
  world.opencti.append(createDomain(name));
  await until(`${name} is read`, () => world.redis.zscore(world.keys.pending, entityIdOf(name)));
}

const sampleIs = (one: Followed, sample: string, value: number) =>
  until(`${sample} is ${value}`, async () => (await one.metric(`xsoar_intel_${sample}`)) === value);

/** The line of a failure; metrics and readiness say the same. */
async function failed(one: Followed, state: StreamState, said: RegExp) {
  const line = await until('it is told', () =>
    one.said('stream: ').find(({ level, state: now }) => level === 'warn' && now === state),
  );
  expect(line.msg).toMatch(said);
  expect(JSON.stringify(one.lines)).not.toContain(world.opencti.token);
  return line;
}

async function shown(one: Followed, state: StreamState): Promise<void> {
  await sampleIs(one, `stream_state{state="${state}"}`, 1);
  expect(await one.metric('xsoar_intel_stream_connected')).toBe(0);
  expect(await one.metric('xsoar_intel_stream_failures_total')).toBeGreaterThan(0);
  expect(one.ingest.reasons().join()).toContain(`stream ${state}: `);
}

async function goesOn(one: Followed, name: string): Promise<void> {
  await arrives(name);
  await sampleIs(one, 'stream_state{state="live"}', 1);
  expect(await one.metric('xsoar_intel_stream_connected')).toBe(1);
  expect(one.ingest.reasons()).toEqual([]);
}

/** A row: what is wrong, the state, what is said of it, and how long it is waited at least, ms. */
type Row = [what: string, fault: Fault, state: StreamState, said: RegExp, waitsMs: number];

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
  ...{ kind: 'status', status: code },
  ...more,
});
const soon = (form: 'seconds' | 'date'): Fault =>
  status(429, { retryAfter: 2, retryAfterForm: form });
const REDIRECT: Fault = { kind: 'redirect', location: 'http://127.0.0.1:9/' };
const RESET: Fault = { kind: 'reset', when: 'before' };

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
  ['a redirect', REDIRECT, 'waiting', /redirected.*not followed/, 0],
  ['a reset', RESET, 'waiting', /reset|closed|ended/i, 0],
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
    world.opencti.faults.add({ fault, operations: ['stream'] });
    const one = follow();
    const line = await failed(one, state, said);
    if (fault.kind === 'status') expect(line.status).toBe(fault.status);
    expect(line.retryInMs).toBeGreaterThanOrEqual(waitsMs);
    await shown(one, state);
    world.opencti.faults.clear();
    await goesOn(one, `after-${what.replaceAll(' ', '-')}.example`);
  });

  it.each<[what: string, spoil: () => void, said: RegExp]>([
    ['a body that is cut by a reset', () => world.opencti.cut('reset'), /reset|closed|ended/i],
    ['a body that ends', () => world.opencti.cut('clean'), /closed|ended/i],
    [
      'a body that stops in the middle',
      () => world.opencti.settings({ stall: true }),
      /nothing came for/,
    ],
  ])('%s', async (what, spoil, said) => {
    const one = follow();
    const name = what.replaceAll(' ', '-');
    await goesOn(one, `before-${name}.example`);
    spoil();
    await failed(one, 'waiting', said);
    world.opencti.settings({ stall: false });
    await goesOn(one, `behind-${name}.example`);
    expect(await one.metric('xsoar_intel_stream_failures_total')).toBeGreaterThan(0);
  });
});

describe('the stream waits for an address that', () => {
  it.each<[what: string, url: () => string | Promise<string>, said: RegExp]>([
    [
      'nobody listens at',
      async () => `http://127.0.0.1:${await freePort()}`,
      /ECONNREFUSED|listens/,
    ],
    ['no name leads to', () => 'http://opencti.invalid', /ENOTFOUND|EAI_AGAIN|unknown|looked up/],
    ['speaks no TLS', () => world.opencti.url.replace('http:', 'https:'), /does not speak TLS/],
  ])('%s', async (_, url, said) => {
    const one = follow(await url());
    await failed(one, 'waiting', said);
    await shown(one, 'waiting');
    await until('it tries again', () => one.said('stream: ').length > 2);
  });

  it('nobody vouches for, and sends it no token', async () => {
    const untrusted = await startUntrustedServer();
    const one = follow(untrusted.url);
    await failed(one, 'waiting', /OPENCTI_CA_FILE/);
    await shown(one, 'waiting');
    expect(untrusted.requests).toBe(0);
    await untrusted.close();
  });
});

describe('the stream goes on, and it is told once, while the sign of life meets', () => {
  it.each<[what: string, fault: Fault, said: RegExp]>([
    ['400', status(400), /400/],
    ['401', status(401), /OPENCTI_TOKEN|401/],
    ['403', status(403), /403/],
    ['404', status(404), /404/],
    ['408', status(408), /408/],
    ['413', status(413), /413/],
    ['429', status(429), /429|too many|limit/i],
    ['429 with a date', soon('date'), /429|too many|limit/i],
    ['500', status(500), /500/],
    ['502', status(502), /502/],
    ['503', status(503), /503/],
    ['a wrong content type', { kind: 'html' }, /./],
    ['a redirect', REDIRECT, /redirect/i],
    ['a reset', RESET, /reset|closed/i],
    ['a cut body', { kind: 'cut-body' }, /closed|cut|terminated|reset/i],
  ])('%s', async (what, fault, said) => {
    const one = follow();
    await sampleIs(one, 'connector_alive', 1);
    world.opencti.faults.add({ fault, operations: ['graphql'] });
    await sampleIs(one, 'connector_alive', 0);
    await goesOn(one, `unheard-${what.replaceAll(' ', '-')}.example`);
    world.opencti.faults.clear();
    await sampleIs(one, 'connector_alive', 1);
    const lines = one.said('OpenCTI does not show this connector as alive');
    expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringMatching(said) }]);
    expect(one.said('OpenCTI hears the connector again')).toHaveLength(1);
    expect(JSON.stringify(one.lines)).not.toContain(world.opencti.token);
  });
});
