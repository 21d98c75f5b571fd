import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const code = once(child, 'close').then(([ended]) => ended as number | null);
  return { child, code, said: () => said };
}

/** What is read of a process or a thread; undefined where it has ended meanwhile. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // ESRCH: it ended between the opening of its file and the reading.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Ids of all processes below one, by what Linux keeps of them. */
function below(pid: number | undefined): number[] {
  const tasks = `/proc/${pid}/task`;
  const children = (ifThere(() => readdirSync(tasks)) ?? []).flatMap((task) =>
    (ifThere(() => readFileSync(`${tasks}/${task}/children`, 'utf8')) ?? '')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
  return [...children, ...children.flatMap(below)];
}

const isAlive = (pid: number): boolean =>
  ifThere(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))?.includes(') Z ') === false;

it('writes the machine, every figure and every verdict as JSON', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-bench-test-'));
  try {
    const json = join(directory, 'out.json');
    const bench = start('mapping-alone', '--smoke', '--runs', '2', '--json', json);
    expect(await bench.code, bench.said()).toBe(0);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      machine: { cores: expect.any(Number), node: process.version, commit: expect.any(String) },
      runs: 2,
      size: 'smoke',
      scenarios: [
        {
          name: 'mapping-alone',
          rows: [{ figures: { 'objects/s': [expect.any(Number), expect.any(Number)] } }],
          checks: [{ bound: 'at least', target: 100_000, reached: expect.any(Boolean) }],
        },
      ],
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

it('names the scenarios that there are when it is asked for another', async () => {
  const bench = start('thruput');
  expect(await bench.code).toBe(2);
  expect(bench.said()).toContain('no scenario "thruput"; there are limit, queue-limit, throughput');
});

it.skipIf(process.platform !== 'linux')(
  'leaves no process behind when it is interrupted',
  async () => {
    const bench = start('backlog', '--smoke');
    const started = new Set<number>();
    await until('Redis, simulators and an ingest run', () => {
      for (const pid of below(bench.child.pid)) started.add(pid);
      const commands = [...started].map((pid) =>
        isAlive(pid) ? (ifThere(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '') : '',
      );
      return (
        commands.some((one) => one.startsWith('redis-server')) &&
        commands.some((one) => one.includes('fake-xsoar')) &&
        commands.some((one) => one.includes('ingest'))
      );
    });
    for (const pid of below(bench.child.pid)) started.add(pid);
    bench.child.kill('SIGINT');
    expect(await bench.code).toBe(130);
    await until('all of them are gone', () => ![...started].some(isAlive));
  },
);
