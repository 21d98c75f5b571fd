/**
 * How fast the fake OpenCTI plays generated events to one client that reads and drops
 * them. Run: `node packages/simulator/src/bench/opencti-rate.ts [events]`
 */
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { generateFeed } from '../generate/feed.ts';
import { startFakeOpencti } from '../opencti/start.ts';

const events = Number(process.argv[2] ?? 200_000);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

if (process.argv[3] !== undefined) {
  // The client, in its own process: it counts the ends of frames and looks at nothing else.
  const url = process.argv[3];
  let seen = 0;
  let bytes = 0;
  get(url, { headers: { authorization: 'Bearer opencti-token' } }, (response) => {
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      for (let at = chunk.indexOf('\n\n'); at >= 0; at = chunk.indexOf('\n\n', at + 2)) seen += 1;
      process.send?.({ seen, bytes });
    });
  });
} else {
  const fake = await startFakeOpencti();
  const rss = (): string => `${(process.memoryUsage().rss / 1048576).toFixed(0)} MB`;
  const played = async (label: string): Promise<void> => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const before = fake.stats().events.total;
    await fake.play(generateFeed({ events, seed: 7 })).finished;
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(cpu);
    const count = fake.stats().events.total - before;
    const cpuSeconds = (used.user + used.system) / 1e6;
    say(
      `${label}: ${count} events in ${seconds.toFixed(2)} s = ${Math.round(count / seconds)}/s, CPU ${cpuSeconds.toFixed(2)} s, RSS ${rss()}`,
    );
  };
  say(`start: RSS ${rss()}`);
  const child = spawn(
    process.execPath,
    [
      import.meta.filename,
      String(events),
      `${fake.url}/stream/${fake.streamId}?from=0-0&no-dependencies=true`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  let seen = 0;
  let bytes = 0;
  const started = performance.now();
  child.on('message', (message: { seen: number; bytes: number }) => {
    seen = message.seen;
    bytes = message.bytes;
  });
  await played('played to one client');
  const { total, bytes: held } = fake.stats().events;
  while (seen < total) await new Promise((resolve) => setTimeout(resolve, 10));
  const seconds = (performance.now() - started) / 1000;
  say(
    `client had all after ${seconds.toFixed(2)} s = ${Math.round(total / seconds)}/s, ${(bytes / 1e6).toFixed(0)} MB; log holds ${(held / 1048576).toFixed(0)} MiB, RSS ${rss()}`,
  );
  child.kill();
  await fake.close();
}
