/**
 * How fast the live stream client takes events of about 2 KB, end to end: a server in another
 * thread, a socket, the gate, the parser, the checks, the callback.
 *
 *   node_modules/.bin/node packages/opencti/bench/stream.bench.ts [events]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openLiveStream } from '../src/index.ts';

const runs = 5;

function event(n: number): string {
  const entityId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const data = {
    id: `indicator--${entityId}`,
    spec_version: '2.1',
    type: 'indicator',
    extensions: {
      'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': {
        extension_type: 'property-extension',
        id: entityId,
        type: 'Indicator',
        created_at: '2026-08-20T09:00:11.004Z',
        updated_at: '2026-08-20T09:00:11.004Z',
        is_inferred: false,
        creator_ids: ['00000000-0000-4000-8000-00000000000a'],
        detection: true,
        score: n % 101,
        main_observable_type: 'IPv4-Addr',
        observable_values: [{ type: 'IPv4-Addr', value: '203.0.113.77' }],
      },
    },
    revoked: false,
    confidence: 85,
    labels: ['c2', 'bench'],
    name: '203.0.113.77',
    description: 'What is said about an indicator, at some length. '.repeat(22),
    pattern: "[ipv4-addr:value = '203.0.113.77']",
    pattern_type: 'stix',
    valid_from: '2026-08-20T08:55:00.000Z',
  };
  const body = { version: '4', type: 'create', scope: 'external', message: 'm', origin: {}, data };
  return `id: ${1_787_216_411_047 + n}-0\nevent: create\ndata: ${JSON.stringify(body)}\n\n`;
}

function serve(events: number): void {
  const batch = Buffer.from(Array.from({ length: 100 }, (_, n) => event(n)).join(''));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    let sent = 0;
    const write = () => {
      while (sent < events) {
        sent += 100;
        if (!response.write(batch)) {
          response.once('drain', write);
          return;
        }
      }
    };
    write();
  });
  server.listen(0, '127.0.0.1', () => {
    parentPort?.postMessage({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bytes: batch.length / 100,
    });
  });
}

async function measure(url: string, events: number) {
  let seen = 0;
  let begun = 0;
  let cpu = process.cpuUsage();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = openLiveStream({
    url,
    token: 'bench',
    streamId: 'bench',
    sslVerify: true,
    listenDelete: true,
    noDependencies: true,
    withInferences: false,
    position: async () => ({ from: '0-0' }),
    onMessage: (message) => {
      if (message.kind !== 'entity') throw new Error(`unexpected message: ${message.kind}`);
      if (seen === 0) {
        begun = performance.now();
        cpu = process.cpuUsage();
      }
      seen += 1;
      if (seen >= events) resolve();
    },
    onState: () => {},
    room: () => undefined,
  });
  await promise;
  const seconds = (performance.now() - begun) / 1000;
  const used = process.cpuUsage(cpu);
  await stream.close();
  return { perSecond: seen / seconds, cpuUs: (used.user + used.system) / seen };
}

async function main(): Promise<void> {
  const events = Number(process.argv[2] ?? 200_000);
  const worker = new Worker(new URL(import.meta.url), { workerData: { events } });
  const { url, bytes } = await new Promise<{ url: string; bytes: number }>((resolve) =>
    worker.once('message', resolve),
  );
  process.stdout.write(`${events} events of ${Math.round(bytes)} bytes, ${runs} runs\n`);
  for (let run = 1; run <= runs; run++) {
    const { perSecond, cpuUs } = await measure(url, events);
    // The threads of one process share the account, so the figure includes the server's writes.
    const rate = Math.round(perSecond).toLocaleString('en');
    process.stdout.write(`${rate} events/s, ${cpuUs.toFixed(1)} us CPU each (server included)\n`);
  }
  const rss = Math.round(process.memoryUsage().rss / 1024 / 1024);
  process.stdout.write(`resident memory at the end: ${rss} MiB\n`);
  await worker.terminate();
}

if (isMainThread) await main();
else serve((workerData as { events: number }).events);
