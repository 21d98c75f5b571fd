/**
 * How many creates, edits and searches the fake XSOAR answers on its one core. The
 * clients run in a process of their own and write plain HTTP over 20 sockets, so that
 * what is measured is the server. Run:
 * `node packages/simulator/src/bench/xsoar-rate.ts [creates]`
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { startFakeXsoar } from '../xsoar/start.ts';

const creates = Number(process.argv[2] ?? 50_000);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const bodyOf = (n: number): string =>
  JSON.stringify({
    indicator: {
      value: `host-${n}.example.test`,
      indicator_type: 'Domain',
      score: 3,
      manualScore: true,
      source: 'OpenCTI',
      CustomFields: {
        tags: ['c2', 'botnet'],
        reportedby: ['Northwind CERT'],
        trafficlightprotocol: 'AMBER',
        stixid: `indicator--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
        confidence: '85',
        description: 'A controller seen somewhere',
      },
    },
    manually: false,
    seenNow: false,
  });

function request(path: string, body: string): string {
  return `POST /xsoar/public/v1${path} HTTP/1.1\r\nHost: x\r\nAuthorization: xsoar-key\r\nx-xdr-auth-id: 17\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Sends requests one after another on one socket; an answer is over when its length is read. */
function lane(port: number, next: () => string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let held = '';
    const send = (): void => {
      const text = next();
      if (text === null) {
        socket.destroy();
        resolve();
      } else socket.write(text);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      const head = held.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(held)?.[1] ?? 0);
      if (held.length < head + 4 + length) return;
      held = '';
      send();
    });
  });
}

if (process.argv[3] !== undefined) {
  const port = Number(process.argv[3]);
  const run = async (label: string, count: number, make: (n: number) => string): Promise<void> => {
    let n = 0;
    const started = performance.now();
    const lanes = Array.from({ length: 20 }, () =>
      lane(port, () => (n < count ? make(n++) : null)),
    );
    await Promise.all(lanes);
    const seconds = (performance.now() - started) / 1000;
    process.send?.({ label, count, seconds });
  };
  await run('create', creates, (n) => request('/indicator/create', bodyOf(n)));
  await run('search', creates / 2, (n) =>
    request('/indicators/search', `{"query":"value:\\"host-${n}.example.test\\"","size":5}`),
  );
  await run('edit', creates / 2, (n) =>
    request('/indicator/edit', `{"id":"${n + 1}","version":-1,"score":2}`),
  );
  process.disconnect?.();
} else {
  const fake = await startFakeXsoar();
  let cpu = process.cpuUsage();
  const child = spawn(
    process.execPath,
    [import.meta.filename, String(creates), String(fake.port)],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  child.on('message', (message: { label: string; count: number; seconds: number }) => {
    const used = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    const micros = (used.user + used.system) / message.count;
    const rate = Math.round(message.count / message.seconds);
    say(
      `${message.label}: ${message.count} in ${message.seconds.toFixed(2)} s = ${rate}/s, ${micros.toFixed(0)} µs CPU each`,
    );
  });
  await new Promise((resolve) => child.on('close', resolve));
  say(
    `objects ${fake.stats().objects}, RSS ${(process.memoryUsage().rss / 1048576).toFixed(0)} MB`,
  );
  await fake.close();
}
