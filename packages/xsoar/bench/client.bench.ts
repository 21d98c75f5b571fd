/**
 * What a create costs through our client, beside a bare undici.request loop and
 * the layers between: requests per second and CPU of this process per request.
 * The server is a child process, so that its CPU is not counted.
 *
 *   node_modules/.bin/node packages/xsoar/bench/client.bench.ts [requests] [concurrency]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { exchange } from '../src/http/exchange.ts';
import { createKyTransport } from '../src/http/ky-transport.ts';
import { createXsoarClient } from '../src/index.ts';

const ROUNDS = 3;
const requests = Number(process.argv[2] ?? 8000);
const concurrency = Number(process.argv[3] ?? 20);

const indicator = {
  value: 'evil.example',
  indicator_type: 'Domain',
  score: 3,
  source: 'OpenCTI',
  CustomFields: {
    tags: ['apt', 'phishing'],
    description: 'Command and control of a botnet. '.repeat(30),
    stixid: 'indicator--5d0d0b6e-1a7b-4a9e-9f0e-2a1f4b7f0c11',
    trafficlightprotocol: 'AMBER',
  },
};

if (process.argv[2] === 'serve') serve();
else await measure();

function serve(): void {
  const answer = JSON.stringify({ id: '1192500', version: 1, ...indicator });
  const headers = { 'content-type': 'application/json', 'content-length': answer.length };
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(answer));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = (await once(child, 'message')) as [number];
  const origin = `http://127.0.0.1:${port}`;
  const path = '/xsoar/public/v1/indicator/create';
  const headers = {
    authorization: 'k'.repeat(64),
    'x-xdr-auth-id': '17',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'xsoar-intel/bench',
    'content-type': 'application/json',
  };
  const pool = new Pool(origin, { connections: concurrency, allowH2: false });
  const transport = createKyTransport(pool, origin);
  const client = createXsoarClient({
    url: origin,
    keyId: '17',
    key: 'k'.repeat(64),
    sslVerify: true,
    timeoutMs: 30_000,
    connections: concurrency,
    userAgent: 'xsoar-intel/bench',
    environment: {},
  });
  const body = () => JSON.stringify({ indicator, manually: false, seenNow: false });
  const wire = () => ({
    method: 'POST' as const,
    path,
    headers,
    body: body(),
    timeoutMs: 30_000,
    maxBytes: { success: 1e7, failure: 1e5 },
  });
  const ways: [string, () => Promise<unknown>][] = [
    [
      'undici.request',
      async () => {
        const answer = await pool.request({ path, method: 'POST', headers, body: body() });
        return JSON.parse(await answer.body.text());
      },
    ],
    ['exchange', async () => JSON.parse((await exchange(pool, origin, wire())).text)],
    ['ky + exchange', async () => JSON.parse((await transport(wire())).text)],
    ['XsoarClient.create', () => client.create(indicator)],
  ];

  const figures = new Map<string, { perSecond: number; micros: number }[]>();
  for (const [, request] of ways) await run(request, requests / 4);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, request] of ways) {
      figures.set(name, [...(figures.get(name) ?? []), await run(request, requests)]);
    }
  }
  await Promise.all([pool.close(), client.close()]);
  child.kill();
  report(figures);
}

async function run(
  request: () => Promise<unknown>,
  count: number,
): Promise<{ perSecond: number; micros: number }> {
  let left = count;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await request();
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, micros: (user + system) / count };
}

function report(figures: Map<string, { perSecond: number; micros: number }[]>): void {
  const bare = median(figures.get('undici.request')?.map(({ micros }) => micros) ?? []);
  process.stdout.write(
    `${requests} creates, concurrency ${concurrency}, median of ${ROUNDS} (all)\n`,
  );
  for (const [name, rounds] of figures) {
    const micros = rounds.map((round) => round.micros);
    const perSecond = median(rounds.map((round) => round.perSecond));
    process.stdout.write(
      `${name.padEnd(20)} ${perSecond.toFixed(0).padStart(6)} requests/s ${median(micros).toFixed(0).padStart(4)} µs CPU (${micros.map((value) => value.toFixed(0)).join(' ')})  ${(median(micros) / bare).toFixed(2)} x undici.request\n`,
    );
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
