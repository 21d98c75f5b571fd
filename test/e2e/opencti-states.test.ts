/** Each state of the stream that operators see: log, metric, and the way back, with a real process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline, type TestProcess } from './pipeline.ts';

const HOUR = 3_600_000;
let ahead = 0;
let pipeline: Pipeline;
let ingest: TestProcess;
let made = 0;

/** A new event is read: that is what "live" is for. */
async function reads(): Promise<void> {
  made += 1;
  pipeline.opencti.append({ kind: 'create', object: indicator(made, Date.now()) });
  await until(`event ${made} is read`, async () => (await pipeline.snapshot()).pending === made, {
    timeoutMs: 20_000,
  });
}

const stateIs = async (state: string): Promise<boolean> =>
  (await ingest.metrics()).includes(`xsoar_intel_stream_state{state="${state}"} 1`);
const is = (state: string) =>
  until(`the state is ${state}`, () => stateIs(state), { timeoutMs: 20_000, everyMs: 50 });
const ready = async (): Promise<string> => (await fetch(`${ingest.metricsUrl}/readyz`)).text();
const told = (words: string) =>
  ingest.logs().filter(({ level, msg }) => level === 'warn' && String(msg).includes(words));

beforeAll(async () => {
  pipeline = await startPipeline({ opencti: { now: () => Date.now() + ahead } });
  // OpenCTI is there, but answers nothing yet.
  const away = {
    operations: ['stream', 'graphql'],
    fault: { kind: 'reset', when: 'before' },
  } as const;
  const fault = pipeline.opencti.faults.add({ ...away, operations: [...away.operations] });
  ingest = await pipeline.ingest({ STREAM_SILENCE_TIMEOUT: '6s' });
  await until('it is up', () => ingest.metrics().catch(() => null), { timeoutMs: 20_000 });
  await is('waiting');
  pipeline.opencti.faults.remove(fault);
}, 60_000);
afterAll(() => pipeline.close());

it('OpenCTI that is not there at the start is waited for', { timeout: 100_000 }, async () => {
  await until('it is told', () => told('what an earlier connector left').length > 0);
  // On a busy machine several attempts were in vain, and the next wait is up to a minute.
  await until('the state is live', () => stateIs('live'), { timeoutMs: 70_000 });
  await reads();
  expect(await ready()).not.toContain('stream');
});

describe('goes out of live and comes back', () => {
  const cases: [string, string, string, () => () => void][] = [
    [
      'a token that is refused',
      'unauthorized',
      'OPENCTI_TOKEN',
      () => {
        pipeline.opencti.settings({ token: 'another' });
        pipeline.opencti.cut('clean');
        return () => pipeline.opencti.settings({ token: pipeline.opencti.token });
      },
    ],
    [
      'a user without the right',
      'unauthorized',
      'Access data sharing',
      () => {
        pipeline.opencti.settings({ capabilities: ['CONNECTORAPI'] });
        pipeline.opencti.cut('clean');
        return () => pipeline.opencti.settings({ capabilities: ['TAXIIAPI', 'CONNECTORAPI'] });
      },
    ],
    [
      'a stream that does not exist (yet)',
      'unauthorized',
      'or there is no such stream (CONNECTOR_LIVE_STREAM_ID)',
      () => {
        pipeline.opencti.settings({ exists: false });
        pipeline.opencti.cut('clean');
        return () => pipeline.opencti.settings({ exists: true });
      },
    ],
    [
      'a stream that is stopped',
      'stopped',
      'start it under Data sharing',
      () => {
        pipeline.opencti.stop();
        return () => pipeline.opencti.start();
      },
    ],
    [
      'a platform that fails',
      'waiting',
      'fails with 503',
      () => faulty({ kind: 'status', status: 503 }),
    ],
    [
      'a limit of requests',
      'waiting',
      'limits our requests (429)',
      () => faulty({ kind: 'status', status: 429, retryAfter: 1 }),
    ],
    [
      'a proxy that forbids',
      'unauthorized',
      'refuses the stream with 403',
      () => faulty({ kind: 'status', status: 403 }),
    ],
    ['a login page', 'waiting', 'no event stream', () => faulty({ kind: 'html' })],
    [
      'a redirect',
      'waiting',
      'to https://sso.test/login: not followed',
      () => faulty({ kind: 'redirect', location: 'https://sso.test/login?x=secret' }),
    ],
    [
      'a line that is silent',
      'waiting',
      'nothing came for 6 s',
      () => {
        pipeline.opencti.settings({ stall: true });
        return () => pipeline.opencti.settings({ stall: false });
      },
    ],
  ];

  function faulty(fault: Parameters<Pipeline['opencti']['faults']['add']>[0]['fault']) {
    const id = pipeline.opencti.faults.add({ operations: ['stream'], fault });
    pipeline.opencti.cut('reset');
    return () => pipeline.opencti.faults.remove(id);
  }

  it.each(cases)('%s: %s', { timeout: 60_000 }, async (_name, state, words, disturb) => {
    const failures = async () =>
      Number(/stream_failures_total (\d+)/.exec(await ingest.metrics())?.[1]);
    const before = await failures();
    const said = told(words).length;
    const repair = disturb();
    // Also where it fails: the other states must not suffer from this one.
    try {
      await is(state);
      await until('it is told', () => told(words).length > said);
      expect(told(words).at(-1)).toMatchObject({ state, retryInMs: expect.any(Number) });
      expect(await ready()).toContain(`stream ${state}`);
      expect(await failures()).toBeGreaterThan(before);
      expect(await ingest.metrics()).toContain('xsoar_intel_stream_connected 0');
    } finally {
      repair();
    }
    await is('live');
    await reads();
    expect(await ready()).not.toContain('stream');
  });

  it('no secret of an address is told', () => {
    expect(JSON.stringify(ingest.logs())).not.toContain('x=secret');
  });
});

it('a platform whose clock jumps ahead and back loses no event and is no trouble', {
  timeout: 40_000,
}, async () => {
  const lines = ingest.logs().length;
  ahead = HOUR;
  await reads();
  pipeline.opencti.cut('reset');
  await reads();
  // Redis never numbers backwards; the platform's other clocks do.
  ahead = 0;
  await reads();
  pipeline.opencti.cut('reset');
  await reads();
  await is('live');
  const metrics = await ingest.metrics();
  expect(metrics).toContain('xsoar_intel_stream_gaps_total 0');
  // The place is an hour ahead of our clock: that is no lag.
  expect(Number(/^xsoar_intel_stream_lag_seconds (\S+)/m.exec(metrics)?.[1])).toBeLessThan(
    HOUR / 2_000,
  );
  // Both cuts are told; nothing is an error.
  const since = () => ingest.logs().slice(lines);
  await until('both are told', () => {
    const begun = since().filter(({ msg }) => String(msg).startsWith('stream: reading from'));
    return begun.length >= 2;
  });
  expect(since().filter(({ level }) => level === 'error')).toEqual([]);
});

it('a wrong configuration ends it at once', { timeout: 20_000 }, async () => {
  const wrong = await pipeline.ingest({ OPENCTI_TOKEN: 'ChangeMe' });
  await until('it ended', () => wrong.child.exitCode !== null);
  expect(wrong.child.exitCode).toBe(78);
});

it('through all of it the process lived', () => {
  expect(ingest.child.exitCode).toBeNull();
});
