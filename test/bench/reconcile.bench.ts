/**
 * Reconciles 100,000 indicators, 1 % of which drifted in each way, while 50 events/s flow: what was
 * found and invented, how long it took, how much memory the process needed.
 *
 *   node test/bench/reconcile.bench.ts [indicators] [drift of each kind]
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Report } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import {
  type Drifted,
  found,
  type ReconcileWorld,
  startReconcileWorld,
} from '../reconcile/world.ts';

const entities = Number(process.argv[2] ?? 100_000);
const drift = Number(process.argv[3] ?? entities / 100);
const bin = fileURLToPath(new URL('../../packages/cli/bin/xsoar-intel.mjs', import.meta.url));
/** As the command's first line has it. */
const HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=30'];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const world = await startReconcileWorld({
  entities,
  worker: { CONNECTOR_CONSUMER_COUNT: '40', SWEEP_GRACE: '60s' },
});
try {
  const drifted = await world.drift(drift);
  const memory = await bytesInRedis(world);
  say(`${entities} indicators delivered; Redis holds ${mib(memory)} MiB`);
  const flow = world.pipeline.opencti.play(
    generateFeed({ events: 10_000_000, entities: 1_000_000, seed: 77, types: ['Email-Addr'] }),
    { ratePerSecond: 50 },
  );
  const first = await measured(world, ['--apply', '--yes']);
  flow.stop();
  tell('first, with --apply, at 50 events/s', first, drifted);
  const events = await flow.finished;
  say(`events meanwhile: ${events}; Redis at most ${mib(first.redisBytes)} MiB`);
  await world.pipeline.quiet(600_000);
  const second = await measured(world, []);
  tell('second', second, { missing: [], stale: [], foreign: [], extra: [] });
} finally {
  await world.close();
}
process.exit(0);

interface Measured {
  report: Report;
  seconds: number;
  rssBytes: number;
  redisBytes: number;
}

async function measured(of: ReconcileWorld, args: string[]): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...HEAP, bin, 'reconcile', '--json', ...args], {
    cwd: '/tmp',
    env: { PATH: process.env.PATH ?? '', ...of.environment, RECONCILE_SETTLE: '2s' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rssBytes = 0;
  let redisBytes = 0;
  const look = setInterval(() => {
    rssBytes = Math.max(rssBytes, peakOf(child.pid ?? 0));
    void bytesInRedis(of).then((bytes) => {
      redisBytes = Math.max(redisBytes, bytes);
    });
  }, 250);
  const output = await text(child.stdout);
  clearInterval(look);
  const seconds = (performance.now() - begun) / 1000;
  return { report: JSON.parse(output) as Report, seconds, rssBytes, redisBytes };
}

/** The kernel's own high-water mark; 0 when the process is gone. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function bytesInRedis({ pipeline }: ReconcileWorld): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await pipeline.client.info('memory'))?.[1] ?? 0);
}

function tell(name: string, { report, seconds, rssBytes }: Measured, drifted: Drifted): void {
  say(`${name}: ${seconds.toFixed(1)} s, peak RSS ${mib(rssBytes)} MiB`);
  say(`  ${JSON.stringify(report.counts)}`);
  const reported = found(report);
  for (const kind of ['missing', 'stale', 'foreign', 'extra'] as const) {
    const [injected, got] = [new Set(drifted[kind]), new Set(reported[kind])];
    const invented = [...got].filter((value) => !injected.has(value));
    const right = got.size - invented.length;
    say(
      `  ${kind}: ${injected.size} injected, ${right} found, ${invented.length} invented ${invented.slice(0, 3).join(' ')}`,
    );
  }
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
