import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listActions } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import {
  entityId,
  linesOf,
  type OperatorWorld,
  objectsOf,
  openOperatorWorld,
  state,
} from './operator-world.ts';

let server: TestRedis;
let world: OperatorWorld;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openOperatorWorld(server.url);
  return () => world.close();
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** One of each kind: 1 rejected with 400, 2 exhausted with 503, 3 without an answer. */
const three = () =>
  world.bury([
    { state: state(1), failure: { traceId: TRACE } },
    {
      state: state(2),
      failure: { reason: 'unavailable', message: 'create: HTTP 503', status: 503, attempts: 8 },
    },
    { state: state(3), failure: { reason: 'internal', message: 'a defect', status: null } },
  ]);

const deadLetters = (...args: string[]) => world.run(['dead-letters', ...args]);
const dead = async () => (await world.redis.zrange(world.keys.dead, '0', '-1')).sort();
const pending = async () => (await world.redis.zrange(world.keys.pending, '0', '-1')).sort();

describe('xsoar-intel dead-letters list', () => {
  it('says so when there are none', async () => {
    const { code, stdout } = await deadLetters('list');
    expect(code).toBe(0);
    expect(stdout).toBe('No dead letters: all that could be delivered is delivered.\n');
  });

  it('shows what each is and why, in columns', async () => {
    await three();
    const { code, stdout } = await deadLetters('list');
    expect(code).toBe(0);
    const [head, , titles, ...rows] = linesOf(stdout);
    expect(head).toBe('3 dead letters:');
    expect(titles).toMatch(/JOB +DEAD FOR +REASON +HTTP +ENTITY +INDICATOR +MESSAGE/);
    expect(rows.find((row) => row.includes(entityId(2)))).toMatch(
      /attempts-exhausted +503 .* IP 198\.51\.100\.7 +create: HTTP 503$/,
    );
    expect(rows.find((row) => row.includes(entityId(3)))).toMatch(/internal +- /);
  });

  it('filters, limits and writes JSON', async () => {
    await three();
    const listed = async (...args: string[]) =>
      objectsOf((await deadLetters('list', '--json', ...args)).stdout).map(
        ({ entityId: id }) => id,
      );
    expect(await listed('--status', '4xx')).toEqual([entityId(1)]);
    expect(await listed('--status', 'none')).toEqual([entityId(3)]);
    expect(await listed('--reason', 'attempts-exhausted')).toEqual([entityId(2)]);
    expect(await listed('--entity', entityId(3))).toEqual([entityId(3)]);
    expect(await listed('--older-than', '1h')).toEqual([]);
    expect(await listed('--limit', '2')).toHaveLength(2);
    expect(await listed('--limit', '1', '--all')).toHaveLength(3);
  });

  it('refuses a filter that it does not know, and names those that there are', async () => {
    const { code, stderr } = await deadLetters('list', '--reason', 'refused');
    expect(code).toBe(2);
    expect(stderr).toContain('rejected, too-large');
  });

  it('keeps what comes from outside on its line', async () => {
    await world.bury([
      { state: state(1), failure: { message: 'HTTP 400 \u001b[31mred\r\nfake row' } },
    ]);
    const { stdout } = await deadLetters('list');
    expect(stdout).not.toContain('\u001b');
    expect(linesOf(stdout)).toHaveLength(4);
    expect(stdout).toContain('\\u{1b}[31mred\\r\\nfake row');
  });
});

describe('xsoar-intel dead-letters show', () => {
  it('explains one, found by its entity or its job', async () => {
    await three();
    const byEntity = await deadLetters('show', entityId(1));
    expect(byEntity.code).toBe(0);
    expect(byEntity.stdout).toMatch(/^XSOAR refused the request\.\n/);
    expect(byEntity.stdout).toContain('"detail": "no such indicator type"');
    expect(byEntity.stdout).toContain('"value": "198.51.100.7"');
    expect(byEntity.stdout).toContain(`Trace       ${TRACE}\n`);
    const job = /dead-letters retry (\d+)/.exec(byEntity.stdout)?.[1] ?? '';
    expect((await deadLetters('show', job)).stdout).toContain(`Entity      ${entityId(1)}`);
    const json = JSON.parse((await deadLetters('show', job, '--json')).stdout);
    expect(json).toMatchObject({
      jobId: job,
      reason: 'rejected',
      status: 400,
      state: { operation: 'upsert' },
    });
  });

  it('says that a newer state is on its way', async () => {
    await world.bury([{ state: state(1) }]);
    await world.pend([state(1, { operation: 'delete' })]);
    const { stdout } = await deadLetters('show', entityId(1));
    expect(stdout).toMatch(/State +delete at version \d+-1, newer than what failed/);
  });

  it('fails for what is none', async () => {
    const { code, stderr } = await deadLetters('show', 'nothing');
    expect(code).toBe(1);
    expect(stderr).toContain('nothing is neither the job nor the entity of a dead letter');
  });
});

describe('xsoar-intel dead-letters retry', () => {
  it('does nothing unless it is told which', async () => {
    await three();
    const { code, stderr } = await deadLetters('retry');
    expect(code).toBe(2);
    expect(stderr).toContain('--all');
    const both = await deadLetters('retry', entityId(1), '--all');
    expect(both.code).toBe(2);
    expect(await dead()).toHaveLength(3);
  });

  it('only counts in a dry run', async () => {
    await three();
    const { code, stdout } = await deadLetters('retry', '--all', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would retry 3 dead letters\.\n/);
    expect(stdout).toContain('  1 internal: a defect\n');
    expect(await dead()).toHaveLength(3);
  });

  it('retries those that are meant, and says what stands in the way', async () => {
    await three();
    await world.holds.open('outage', { reason: 'down', by: 'w', forMs: null });
    const { code, stdout } = await deadLetters('retry', '--status', '503');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Retried 1 dead letter: the newest states are on their way to XSOAR\.\n/,
    );
    expect(stdout).toContain('But deliveries are held (outage)');
    expect(stdout).toContain('But no worker is alive');
    expect(await pending()).toEqual([entityId(2)]);
    expect(await dead()).toEqual([entityId(1), entityId(3)]);
    expect(await world.queue.getWaitingCount()).toBe(1);
  });

  it('retries by name, all attempts included', async () => {
    await three();
    const { code, stdout } = await deadLetters('retry', entityId(2), entityId(1), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ retried: 2, interrupted: false });
    const [job] = await world.queue.getWaiting();
    expect(job?.attemptsMade).toBe(0);
  });

  it('stops after the page under way when it is interrupted, and can go on', async () => {
    const many = Array.from({ length: 3_500 }, (_, n) => ({ state: state(n) }));
    await world.bury(many);
    const retry = world.start(['dead-letters', 'retry', '--all']);
    await new Promise<void>((resolve) => {
      retry.child.stderr.on('data', () => {
        if (retry.errors().includes('retried 1,000 of 3,500')) resolve();
      });
    });
    retry.child.kill('SIGINT');
    expect(await retry.ended).toBe(1);
    expect(retry.output()).toContain('Interrupted: the rest is as it was');
    const retried = await world.queue.getWaitingCount();
    expect(retried % 1_000).toBe(0);
    expect(retried).toBeLessThan(3_500);
    expect(await dead()).toHaveLength(3_500 - retried);
    const again = await deadLetters('retry', '--all', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ retried: 3_500 - retried });
    expect(await pending()).toHaveLength(3_500);
  }, 60_000);
});

describe('xsoar-intel dead-letters discard', () => {
  it('does nothing where nobody can be asked', async () => {
    await three();
    const { code, stderr } = await deadLetters('discard', '--all');
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(await dead()).toHaveLength(3);
  });

  it('gives states up for good', async () => {
    await three();
    const { code, stdout } = await deadLetters('discard', '--reason', 'rejected,internal', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('Discarded 2 dead letters');
    expect(await dead()).toEqual([entityId(2)]);
    expect(await pending()).toEqual([]);
    expect(await world.redis.exists(world.keys.slot(entityId(1)))).toBe(0);
    expect(await world.queue.getFailedCount()).toBe(1);
    expect(await listActions(world.redis, world.keys, 9)).toMatchObject([
      { action: 'dead-letters discard', detail: '2 dead letters' },
    ]);
  });

  it('says what stays because a push is under way', async () => {
    await three();
    await world.slots.begin(entityId(1), 'token', 'job');
    const { code, stdout } = await deadLetters('discard', '--all', '--yes');
    expect(code).toBe(1);
    expect(stdout).toContain('Discarded 2 dead letters');
    expect(stdout).toContain('Not 1 dead letter: a request to XSOAR may still be under way.');
    expect(await dead()).toEqual([entityId(1)]);
  });
});

describe('xsoar-intel dead-letters export and import', () => {
  it('bring back what was discarded', async () => {
    await three();
    const exported = await deadLetters('export', '--output', 'letters.ndjson');
    expect({ code: exported.code, stdout: exported.stdout }).toEqual({ code: 0, stdout: '' });
    expect(exported.stderr).toContain('Exported 3 dead letters to letters.ndjson.');
    const file = join(world.cwd, 'letters.ndjson');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(objectsOf(readFileSync(file, 'utf8'))).toHaveLength(3);

    await deadLetters('discard', '--all', '--yes');
    const dry = await deadLetters('import', 'letters.ndjson', '--dry-run');
    expect(dry.stdout).toContain('Would put back 3 states.');
    expect(await pending()).toEqual([]);
    const imported = await deadLetters('import', 'letters.ndjson', '--json');
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({ written: 3, newer: 0, bad: 0 });
    expect(await pending()).toEqual([entityId(1), entityId(2), entityId(3)]);
    expect(await world.queue.getWaitingCount()).toBe(3);
    expect(await world.slots.begin(entityId(1), 't', 'j')).toMatchObject({
      kind: 'leased',
      force: true,
      payload: state(1).payload,
    });
  });

  it('never go back to an older state', async () => {
    await world.bury([{ state: state(1) }]);
    const { stdout } = await deadLetters('export');
    const newer = state(1, { operation: 'delete' });
    await world.pend([newer]);
    const imported = await world.run(['dead-letters', 'import', '-'], { input: stdout });
    expect(imported.code).toBe(0);
    expect(imported.stdout).toContain('1 state not put back: a newer one is known.');
    expect(await world.redis.hget(world.keys.slot(entityId(1)), 'op')).toBe('delete');
  });

  it('tell which lines are wrong, and take the others', async () => {
    await world.bury([{ state: state(1) }]);
    const { stdout } = await deadLetters('export');
    await deadLetters('discard', '--all', '--yes');
    const [good = ''] = linesOf(stdout);
    const pollution = good.replace('"kind"', '"__proto__":{"state":1},"kind"');
    const lines = [
      'no json',
      '{}',
      '[]',
      good.replace(entityId(1), 'a b'),
      good.replace(/"version":"[^"]*"(?=,"operation":"upsert","payload)/, '"version":"x"'),
      '',
      pollution,
    ];
    writeFileSync(join(world.cwd, 'bad.ndjson'), lines.join('\n'));
    const imported = await deadLetters('import', 'bad.ndjson');
    expect(imported.code).toBe(1);
    expect(linesOf(imported.stderr)).toEqual([
      'line 1: it is no JSON',
      'line 2: it is no dead letter of an export',
      'line 3: it is no dead letter of an export',
      'line 4: its entityId is no id',
      'line 5: its state has no version',
    ]);
    expect(imported.stdout).toContain('Put back 1 state');
    expect(imported.stdout).toContain('5 states not read: wrong lines.');
    expect(await pending()).toEqual([entityId(1)]);
  });

  it('do not overwrite a file', async () => {
    writeFileSync(join(world.cwd, 'there'), 'x');
    const { code, stderr } = await deadLetters('export', '-o', 'there');
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot write there');
    expect(readFileSync(join(world.cwd, 'there'), 'utf8')).toBe('x');
  });

  it('fail for a file that is not there', async () => {
    const { code, stderr } = await deadLetters('import', 'nowhere.ndjson');
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot read nowhere.ndjson');
  });
});
