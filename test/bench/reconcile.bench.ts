/**
 * Reconciles 100,000 indicators, 1 % of which drifted in each way, while 50 events/s flow, half of
 * them on what is compared: what was found and invented, how long it took, how much memory the
 * process needed. Exit code 1 where anything was missed or invented, or memory was above its bound.
 *
 *   node test/bench/reconcile.bench.ts [indicators] [drift of each kind]
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Report } from '@xsoar-intel/pipeline';
import {
  createRandom,
  generateFeed,
  type Operation,
  type StixObject,
} from '@xsoar-intel/simulator';
import {
  type Drifted,
  found,
  type ReconcileWorld,
  startReconcileWorld,
  valueIn,
} from '../reconcile/world.ts';

const entities = Number(process.argv[2] ?? 100_000);
const drift = Number(process.argv[3] ?? entities / 100);
const bin = fileURLToPath(new URL('../../packages/cli/bin/xsoar-intel.mjs', import.meta.url));
/** As the command's first line has it. */
const HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=30'];
/** What issue 10 allows, in bytes. */
const RSS_MAX = 250 * 1024 * 1024;
const EXTENSION = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
let isGood = true;
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
    inTurn(
      generateFeed({ events: 10_000_000, entities: 1_000_000, seed: 77, types: ['Email-Addr'] }),
      changes(world, drifted),
    ),
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
process.exit(isGood ? 0 : 1);

/** One of each, in turn. */
function* inTurn(...feeds: Iterator<Operation>[]): Generator<Operation> {
  for (;;) {
    for (const feed of feeds) {
      const { value, done } = feed.next();
      if (done) return;
      yield value;
    }
  }
}

/**
 * Updates of what is compared, drawn at random. What drifted changes only in what XSOAR does not
 * have: such a change must neither mend it nor hide it. What is stale does not change: any event
 * mends it, as it should.
 */
function* changes({ pipeline }: ReconcileWorld, drifted: Drifted): Generator<Operation> {
  const random = createRandom(78);
  const wrong = new Set(Object.values(drifted).flat());
  const stale = new Set(drifted.stale);
  const objects = [...pipeline.opencti.state()].filter(
    (object) => object.type === 'indicator' && !stale.has(valueIn(object)),
  );
  for (let n = 0; ; n += 1) {
    const object = random.pick(objects);
    const known: StixObject = pipeline.opencti.object(object.id) ?? object;
    const updated_at = new Date().toISOString();
    const extensions = Object(known.extensions);
    const extension = { ...extensions[EXTENSION], updated_at };
    const change = wrong.has(valueIn(known))
      ? { lang: `x-${n}` }
      : { labels: [`live-${n}`], modified: updated_at };
    yield {
      kind: 'update',
      object: { ...known, ...change, extensions: { ...extensions, [EXTENSION]: extension } },
    };
  }
}

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
  isGood &&= rssBytes <= RSS_MAX;
  say(`  ${JSON.stringify(report.counts)}`);
  const reported = found(report);
  for (const kind of ['missing', 'stale', 'foreign', 'extra'] as const) {
    const [injected, got] = [new Set(drifted[kind]), new Set(reported[kind])];
    const invented = [...got].filter((value) => !injected.has(value));
    const right = got.size - invented.length;
    isGood &&= invented.length === 0 && right === injected.size;
    say(
      `  ${kind}: ${injected.size} injected, ${right} found, ${invented.length} invented ${invented.slice(0, 3).join(' ')}`,
    );
  }
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
