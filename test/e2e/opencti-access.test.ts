/** Ways to a platform that are not straight, with real processes: a private authority, a proxy, an emptied stream. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { run, xsoarIntel } from '../cli/run-command.ts';
import { indicator } from '../opencti/world.ts';
import { makeCertificates } from '../support/redis-tls.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline, type TestProcess } from './pipeline.ts';

let pipeline: Pipeline;
afterEach(() => pipeline.close());

const create = (n: number) =>
  pipeline.opencti.append({ kind: 'create', object: indicator(n, Date.now()) });
const reads = (count: number) =>
  until(`${count} are read`, async () => (await pipeline.snapshot()).pending === count, {
    timeoutMs: 20_000,
  });
const metrics = (process: TestProcess) => process.metrics().catch(() => '');
const is = (process: TestProcess, state: string) =>
  until(
    `the state is ${state}`,
    async () => (await metrics(process)).includes(`xsoar_intel_stream_state{state="${state}"} 1`),
    { timeoutMs: 20_000, everyMs: 50 },
  );

/** It waits for OpenCTI, and says so: in the log, in the metrics, and to who asks whether it is ready. */
async function inTrouble(process: TestProcess, words: string): Promise<void> {
  const told = () =>
    process.logs().find(({ state, msg }) => state === 'waiting' && String(msg).includes(words));
  expect(await until('it is told', told)).toMatchObject({ level: 'warn' });
  expect(await metrics(process)).toMatch(/^xsoar_intel_stream_failures_total [1-9]/m);
  expect(await metrics(process)).toContain('xsoar_intel_stream_connected 0');
  expect(await (await fetch(`${process.metricsUrl}/readyz`)).text()).toContain('stream waiting');
}

/** A certificate for 127.0.0.1 that nobody trusts. */
function privateTls() {
  const { certFile, keyFile, caFile, remove } = makeCertificates();
  onTestFinished(remove);
  const tls = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  return { tls, caFile };
}

it('a certificate of a private authority is waited for, told with what to do, and trusted by its file', {
  timeout: 60_000,
}, async () => {
  const { tls, caFile } = privateTls();
  pipeline = await startPipeline({ opencti: { tls } });
  create(1);
  const blind = await pipeline.ingest();
  await is(blind, 'waiting');
  await inTrouble(blind, 'OPENCTI_CA_FILE');
  expect(blind.child.exitCode).toBeNull();
  await blind.end('SIGTERM');

  await is(await pipeline.ingest({ OPENCTI_CA_FILE: caFile }), 'live');
  await reads(1);
});

it('a proxy is gone through, and one that fails is waited for', { timeout: 60_000 }, async () => {
  pipeline = await startPipeline({ opencti: { tls: privateTls().tls } });
  let refuse = true;
  let tunnels = 0;
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    socket.on('error', () => {});
    if (refuse) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    tunnels += 1;
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  create(1);
  const ingest = await pipeline.ingest({
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    OPENCTI_SSL_VERIFY: 'false',
  });
  await is(ingest, 'waiting');
  await inTrouble(ingest, '502');
  refuse = false;
  await is(ingest, 'live');
  expect(await metrics(ingest)).toContain('xsoar_intel_stream_connected 1');
  await reads(1);
  expect(tunnels).toBeGreaterThan(0);
  // The certificate is one that nobody trusts: that it was not checked is said.
  expect(ingest.logs()).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg: expect.stringContaining('OPENCTI_SSL_VERIFY is off'),
    }),
  );
});

it('a stream that was emptied while the ingest was away is caught up from the database', {
  timeout: 60_000,
}, async () => {
  pipeline = await startPipeline();
  // Nothing else sets a date that the catch-up could take for its own.
  const CATCH_UP = { CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: '' };
  for (const n of [1, 2]) create(n);
  const first = await pipeline.ingest(CATCH_UP);
  await reads(2);
  await is(first, 'live');
  await first.end('SIGTERM');
  for (const n of [3, 4]) create(n);
  pipeline.opencti.wipe({ empty: true });

  const next = await pipeline.ingest(CATCH_UP);
  await reads(4);
  const said = () => next.logs().filter(({ gap }) => gap === 'emptied');
  await until('it is told', () => said().length === 1);
  expect(said()[0]).toMatchObject({ level: 'error' });
  expect(await metrics(next)).toContain('xsoar_intel_stream_gaps_total 1');
  await is(next, 'live');
  // The stream begins anew with an id after the place where reading goes on.
  create(5);
  await reads(5);
  // After the catch-up it was as empty as before, which is no gap again.
  expect(said()).toHaveLength(1);
  expect(pipeline.opencti.stats().connectionsOpened).toBeLessThan(6);
});

it('the stream is shown by the name that it has in OpenCTI', { timeout: 60_000 }, async () => {
  pipeline = await startPipeline({ opencti: { streamName: 'Blocklist of Northwind' } });
  const ingest = await pipeline.ingest();
  await is(ingest, 'live');
  const named = () => ingest.logs().filter(({ name }) => name === 'Blocklist of Northwind');
  await until('it is logged', () => named().length === 1);
  const shown = await until(
    'status shows it',
    async () => {
      const env = { REDIS_URL: pipeline.redis.url, CONNECTOR_ID: pipeline.connectorId };
      const { stdout } = await run(xsoarIntel, ['status'], { env, cwd: tmpdir() });
      return stdout.includes('Blocklist of Northwind') ? stdout : null;
    },
    { timeoutMs: 20_000, everyMs: 500 },
  );
  expect(shown).toContain('called Blocklist of Northwind in OpenCTI');
  expect(pipeline.opencti.stats().graphql.streamCollection).toBe(1);
  // The next ingest finds it in Redis.
  await ingest.end('SIGTERM');
  await is(await pipeline.ingest(), 'live');
  expect(pipeline.opencti.stats().graphql.streamCollection).toBe(1);
});
