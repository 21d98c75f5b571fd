import { readTenantAnswers } from '@xsoar-intel/pipeline';
import {
  type FakeOpencti,
  type FakeXsoar,
  generateFeed,
  startFakeOpencti,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type OperatorWorld, openOperatorWorld } from './operator-world.ts';
import { rowsOf, sampleOf } from './sample.ts';

let server: TestRedis;
let opencti: FakeOpencti;
let xsoar: FakeXsoar;
let world: OperatorWorld;
beforeAll(async () => {
  server = await startRedis(['--maxmemory', '200mb']);
  opencti = await startFakeOpencti();
  xsoar = await startFakeXsoar();
  await opencti.play(generateFeed({ events: 5, seed: 1 })).finished;
});
afterAll(async () => {
  await Promise.all([opencti.close(), xsoar.close(), server.stop()]);
});
beforeEach(async () => {
  world = openOperatorWorld(server.url);
  await world.redis.set(world.keys.cursor, `${Date.now()}-0`);
  return () => world.close();
});

const all = () => ({
  OPENCTI_URL: opencti.url,
  OPENCTI_TOKEN: opencti.token,
  CONNECTOR_LIVE_STREAM_ID: opencti.streamId,
  XSOAR_URL: xsoar.url,
  XSOAR_KEY: xsoar.key,
  XSOAR_KEY_ID: xsoar.keyId,
});
const doctor = (env: Record<string, string>, ...args: string[]) =>
  world.run(['doctor', ...args], { env });

/** `level what` of everything that is not fine; writes are another test's. */
async function ills(
  env: Record<string, string>,
): Promise<{ code: number | null; found: string[] }> {
  const { code, stdout } = await doctor(env, '--json');
  const { examinations } = JSON.parse(stdout) as {
    examinations: { of: string; findings: { level: string; what: string; fix?: string }[] }[];
  };
  const found = examinations.flatMap(({ of, findings }) =>
    findings
      .filter(
        ({ level, what }) => level !== 'ok' && what !== 'write' && what !== 'types and fields',
      )
      .map(({ level, what, fix }) => {
        if (level === 'failed' && !fix) throw new Error(`${what} has no fix`);
        return `${of}: ${level} ${what}`;
      }),
  );
  return { code, found };
}

describe('xsoar-intel doctor', () => {
  it('finds everything well', async () => {
    const { code, stdout, stderr } = await doctor(all());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ok +version +Redis \d/);
    expect(stdout).toMatch(/ok +token +of the user connector/);
    expect(stdout).toMatch(/ok +stream +“XSOAR indicators” is started/);
    expect(stdout).toMatch(/ok +filter +entity_type = Indicator/);
    expect(stdout).toMatch(/ok +retention +OpenCTI keeps events since/);
    expect(stdout).toMatch(/ok +key +accepted as a standard key/);
    expect(stdout.match(/ok +clock +goes with/g)).toHaveLength(3);
    expect(stdout).toContain('Everything that was looked at works.');
  });

  it('writes nothing unless it is asked to, and then leaves nothing behind', async () => {
    const quiet = await doctor(all());
    expect(quiet.stdout).toMatch(/skipped +write +not tried/);
    const { operations } = xsoar.stats();
    expect(operations.create).toBeUndefined();
    const { code, stdout } = await doctor(all(), '--write');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok +write +created and deleted Domain xsoar-intel-doctor-\w+\.invalid/);
    // What docs/commands.md shows has the same findings.
    expect(rowsOf(stdout)).toEqual(rowsOf(sampleOf('xsoar-intel doctor --write')));
    expect([...xsoar.dump()]).toEqual([]);
    expect(xsoar.stats()).toMatchObject({ exclusions: 0, operations: { create: { 200: 1 } } });
  });

  it('finds a key that may read but not write, and what it had to leave behind', async () => {
    const refusal = { kind: 'status', status: 403 } as const;
    const create = xsoar.faults.add({ fault: refusal, operations: ['create'] });
    const forbidden = await doctor(all(), '--write');
    expect(forbidden.code).toBe(1);
    expect(forbidden.stdout).toMatch(/failed +write +an indicator could not be created/);
    expect(forbidden.stdout).toContain('fix: Give the role of the key the right');
    xsoar.faults.remove(create);
    // A refusal of what was sent is no matter of rights.
    xsoar.faults.add({ fault: { ...refusal, status: 400 }, operations: ['create'], times: 1 });
    const refused = await doctor(all(), '--write');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('fix: The key was not refused: put right what XSOAR says');
    const remove = xsoar.faults.add({ fault: refusal, operations: ['delete', 'batchDelete'] });
    const { code, stdout } = await doctor(all(), '--write');
    xsoar.faults.remove(remove);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +write +an indicator could not be deleted/);
    expect(stdout).toMatch(/is left in XSOAR: delete/);
  });

  it('finds out by writing how XSOAR answers, in words and in JSON, and leaves nothing behind', async () => {
    xsoar.behaviour({ duplicates: 'conflict' });
    const { code, stdout } = await doctor(all(), '--xsoar-write-probe');
    expect(code).toBe(0);
    expect(stdout).toContain('XSOAR, by writing');
    expect(stdout).toMatch(/ok +stale version +Is an edit with an older version refused\? Yes/);
    expect(stdout).toMatch(/so: The indicator is read again/);
    const json = await doctor(all(), '--xsoar-write-probe', '--json');
    xsoar.behaviour({ duplicates: 'upsert' });
    const { examinations } = JSON.parse(json.stdout) as {
      examinations: { of: string; findings: { what: string; answer?: string }[] }[];
    };
    const answers = examinations.find(({ of }) => of === 'XSOAR, by writing')?.findings ?? [];
    expect(answers.length).toBeGreaterThan(14);
    expect(answers.find(({ what }) => what === 'duplicate')?.answer).toBe('409 conflict');
    expect([...xsoar.dump()].filter(({ value }) => value.includes('Probe'))).toEqual([]);
    const kept = await readTenantAnswers(world.redis, world.keys);
    expect(kept).toMatchObject({
      address: `${xsoar.url}/xsoar/public/v1`,
      answers: { duplicate: '409 conflict', edit: 'edited' },
    });
    // Of a probe that ends early the workers learn nothing.
    xsoar.faults.add({ fault: { kind: 'reset', when: 'after' }, operations: ['edit'], times: 1 });
    expect((await doctor(all(), '--xsoar-write-probe')).stdout).toContain('nothing is kept');
    expect(await readTenantAnswers(world.redis, world.keys)).toEqual(kept);
  });

  it('warns of types and fields that the tenant has not', async () => {
    const poor = await startFakeXsoar({ product: '6', types: ['IP'], fields: ['tags'] });
    const { XSOAR_KEY_ID: _, ...six } = all();
    const { code, stdout } = await doctor({ ...six, XSOAR_URL: poor.url, XSOAR_KEY: poor.key });
    await poor.close();
    expect(code).toBe(0);
    expect(stdout).toMatch(/warning +types and fields +XSOAR has no indicator type .*Mutex/);
    expect(stdout).toMatch(/warning +types and fields +XSOAR has no indicator field .*stixid/);
    expect(stdout).toMatch(/why: indicators of it are stored without a layout, or refused/);
  });

  it('looks at nothing that is not configured, and says so', async () => {
    const { code, stdout } = await doctor({});
    expect(code).toBe(0);
    expect(stdout).toMatch(/OpenCTI\n +skipped +everything +OPENCTI_URL not set/);
    expect(stdout).toMatch(/XSOAR\n +skipped +everything +XSOAR_URL and XSOAR_KEY not set/);
  });

  it('finds refused credentials, and shows none', async () => {
    const wrong = { ...all(), OPENCTI_TOKEN: 't0ken-s3cret', XSOAR_KEY: 'key-s3cret' };
    const { code, stdout } = await doctor(wrong);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +token +refused\n +why: .*\n +fix: OPENCTI_TOKEN is wrong/);
    expect(stdout).toMatch(/failed +key +refused with 401\n +why: /);
    expect(stdout).toContain('2 things do not work.');
    expect(stdout).not.toContain('s3cret');
  });

  it('finds what does not answer', async () => {
    const nobody = 'http://127.0.0.1:1';
    const away = {
      ...all(),
      OPENCTI_URL: nobody,
      XSOAR_URL: nobody,
      REDIS_URL: 'redis://127.0.0.1:1',
    };
    expect(await ills(away)).toEqual({
      code: 1,
      found: [
        'Redis: failed reachable',
        'OpenCTI: failed reachable',
        'XSOAR: failed reachable',
        'XSOAR: skipped clock',
      ],
    });
  });

  it('finds a stream that is not there, and one that is stopped', async () => {
    const { found } = await ills({ ...all(), CONNECTOR_LIVE_STREAM_ID: 'nowhere' });
    expect(found).toEqual(['OpenCTI: failed stream']);
    opencti.stop();
    try {
      expect((await ills(all())).found).toEqual(['OpenCTI: failed stream']);
    } finally {
      opencti.start();
    }
  });

  it('says what the filter of the stream makes of indicators', async () => {
    opencti.setFilter({ types: ['report'] });
    const { code, found } = await ills(all());
    expect({ code, found }).toEqual({ code: 0, found: ['OpenCTI: warning filter'] });
    opencti.setFilter({ types: ['indicator'], revoked: false });
    const { stdout } = await doctor({ ...all(), XSOAR_DELETE_MODE: 'expire' });
    expect(stdout).toMatch(
      /filter +entity_type = Indicator and revoked = false\n.*so: .*revoked or\s+expires/,
    );
    expect(stdout).toContain('XSOAR_DELETE_MODE=expire');
  });

  it('finds that OpenCTI has forgotten what lies after the cursor', async () => {
    await world.redis.set(world.keys.cursor, '1000-0');
    const { code, stdout } = await doctor(all());
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +retention/);
    expect(stdout).toContain('--recover');
  });

  it('finds a Redis that throws keys away, has no file, or only a password', async () => {
    const poor = await startRedis([
      ...['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no'],
    ]);
    try {
      const at = { REDIS_URL: poor.url };
      expect((await ills(at)).found.filter((one) => one.startsWith('Redis'))).toEqual([
        'Redis: failed eviction',
        'Redis: warning append-only file',
      ]);
      const admin = new Redis(poor.url);
      await admin.config('SET', 'requirepass', 'redis-s3cret');
      admin.disconnect();
      const { code, stdout } = await doctor(at);
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /failed +reachable.*\n +why: Redis asks for a password, and REDIS_URL has none \(NOAUTH/,
      );
    } finally {
      await poor.stop();
    }
  });

  it('ends with 78 for a configuration that is wrong', async () => {
    const { code, stderr } = await doctor({ ...all(), XSOAR_TIMEOUT: 'long' });
    expect(code).toBe(78);
    expect(stderr).toContain('XSOAR_TIMEOUT');
  });
});
