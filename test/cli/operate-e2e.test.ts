/** The operator's commands against a pipeline that runs: what they promise comes true in XSOAR. */
import { generateFeed } from '@xsoar-intel/simulator';
import { beforeEach, describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';
import { type Ran, run, xsoarIntel } from './run-command.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline();
  return () => pipeline.close();
});

function command(...args: string[]): Promise<Ran> {
  const { redis, connectorId, opencti } = pipeline;
  return run(xsoarIntel, args, {
    cwd: '/',
    env: {
      REDIS_URL: redis.url,
      CONNECTOR_ID: connectorId,
      OPENCTI_URL: opencti.url,
      OPENCTI_TOKEN: opencti.token,
    },
  });
}

const play = async (events: number, seed: number) => {
  await pipeline.opencti.play(generateFeed({ events, seed })).finished;
};

describe('with a running pipeline', () => {
  it('a retry of all dead letters brings XSOAR to the newest states', async () => {
    const fault = pipeline.xsoar.faults.add({
      fault: { kind: 'status', status: 400, body: '{"id":"bad_request","detail":"no such field"}' },
      operations: ['create', 'edit'],
    });
    await pipeline.ingest();
    await pipeline.worker();
    await play(40, 5);
    const { dead } = await pipeline.quiet();
    expect(dead).toBeGreaterThan(10);

    const status = await command('status');
    expect(status.code).toBe(1);
    expect(status.stdout).toContain('rejected: XSOAR refused the request.');
    const listed = await command('dead-letters', 'list', '--status', '400', '--all', '--json');
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(dead);
    expect(listed.stdout).toContain('no such field');

    pipeline.xsoar.faults.remove(fault);
    const retried = await command('dead-letters', 'retry', '--all', '--json');
    expect(JSON.parse(retried.stdout)).toEqual({ retried: dead, interrupted: false });
    await until('no dead letter is left', async () => {
      const now = await pipeline.snapshot();
      return now.dead === 0 && now.pending === 0 && now.jobs.failed === 0;
    });
    expect(differences(await pipeline.compare())).toEqual(NONE);
    expect((await command('status')).code).toBe(0);
  }, 90_000);

  it('a resync repairs what somebody broke in XSOAR', async () => {
    await pipeline.ingest();
    await pipeline.worker();
    await play(10, 7);
    await pipeline.quiet();
    const whole = await pipeline.compare();
    expect(differences(whole)).toEqual(NONE);

    // One that a single indicator stands behind: another would make the score higher.
    const [broken] = [...pipeline.xsoar.dump()].filter(({ stixIds }) => stixIds.length === 1);
    const [stixId = ''] = broken?.stixIds ?? [];
    if (!broken) throw new Error('nothing to break');
    pipeline.xsoar.analystEdit({ id: broken.id, score: (broken.score + 1) % 4 });
    expect(differences(await pipeline.compare())).not.toEqual(NONE);

    const { code, stdout } = await command('resync', stixId);
    expect(code).toBe(0);
    expect(stdout).toContain('is delivered again');
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  }, 90_000);

  it('a pause holds what comes, and a resume lets it go', async () => {
    await pipeline.ingest();
    await pipeline.worker();
    await until('a worker is there', async () => (await pipeline.snapshot()).workers.length === 1);
    expect((await command('pause', '--reason', 'upgrade')).code).toBe(0);
    await play(20, 9);
    await until('all is read', async () => (await pipeline.snapshot()).pending > 10);
    expect([...pipeline.xsoar.dump()]).toEqual([]);
    const status = await command('status', '--json');
    expect(status.code).toBe(1);
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'degraded',
      holds: [{ kind: 'operator', reason: 'upgrade' }],
    });
    await command('resume');
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  }, 90_000);

  it('a cursor that is set back is read again, and changes nothing in XSOAR', async () => {
    const ingest = await pipeline.ingest();
    await pipeline.worker();
    await play(30, 11);
    await pipeline.quiet();
    const refused = await command('cursor', 'set', '0-0', '--yes');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('An ingest is active');

    await ingest.end('SIGTERM');
    const { code, stdout } = await command('cursor', 'set', '0-0', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('All events before');
    const writes = () => pipeline.xsoar.stats().requests;
    const before = writes();
    await pipeline.ingest();
    await pipeline.quiet();
    expect(writes()).toEqual(before);
    expect(differences(await pipeline.compare())).toEqual(NONE);
  }, 90_000);
});
