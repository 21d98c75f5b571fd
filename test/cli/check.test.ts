import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, xsoarIntel } from './run-command.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'xsoar-intel-check-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const good = {
  OPENCTI_URL: 'https://opencti.example.com',
  OPENCTI_TOKEN: 'opencti-s3cret',
  CONNECTOR_ID: '0f5c2d6e-3f0b-4c59-9b40-6f3a3f4de2a1',
  CONNECTOR_LIVE_STREAM_ID: 'live',
  XSOAR_URL: 'https://api-tenant.xdr.eu.paloaltonetworks.com',
  XSOAR_KEY: 'xsoar-s3cret',
  XSOAR_KEY_ID: '17',
  REDIS_URL: 'redis://ana:redis-s3cret@redis.example.com:6379',
};
const check = (env: Record<string, string>, ...args: string[]) =>
  run(xsoarIntel, ['check', ...args], { cwd, env });

describe('xsoar-intel check', () => {
  it('shows what is in effect and where it comes from, without secrets', async () => {
    writeFileSync(join(cwd, 'other.yml'), 'connector:\n  consumer_count: 9\n');
    const { code, stdout, stderr } = await check(good, '--config', 'other.yml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/CONNECTOR_CONSUMER_COUNT +9 +other\.yml/);
    expect(stdout).toMatch(/XSOAR_KEY_ID +17 +environment/);
    expect(stdout).toMatch(/XSOAR_KEY +\*\*\* +environment/);
    expect(stdout).toMatch(/DELIVERY_ATTEMPTS +8 +default/);
    expect(stdout).toContain('The configuration is right for ingest, worker and board.');
    expect(stdout).not.toContain('s3cret');
  });

  it('tells every mistake at once', async () => {
    const { code, stdout } = await check({
      ...good,
      XSOAR_URL: 'ftp://x',
      CONNECTOR_CONSUMER_COUNT: 'many',
      XSOAR_KEY: 'ChangeMe',
    });
    expect(code).toBe(78);
    expect(stdout).toContain('The configuration has 3 mistakes for ingest, worker and board:');
    for (const name of ['XSOAR_URL', 'CONNECTOR_CONSUMER_COUNT', 'XSOAR_KEY']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    }
    // What else was given may be what led to the mistake.
    expect(stdout).toMatch(/^XSOAR_KEY_ID +17 +environment$/m);
    expect(stdout).toMatch(/^CONNECTOR_CONSUMER_COUNT +many +environment$/m);
    expect(stdout).not.toContain('s3cret');
  });

  it('looks at one role only, where one is named', async () => {
    const { XSOAR_URL: _url, XSOAR_KEY: _key, ...ingest } = good;
    expect((await check(ingest, '--role', 'ingest')).code).toBe(0);
    expect((await check(ingest, '--role', 'ingest,worker')).code).toBe(78);
    const unknown = await check(ingest, '--role', 'cook');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('ingest, worker, board');
  });

  it('tells what is probably not meant so', async () => {
    const { code, stdout } = await check({ ...good, XSOAR_SSL_VERIFY: 'false', XSOAR_KEYID: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('warning: XSOAR_SSL_VERIFY is off');
    expect(stdout).toContain('did you mean XSOAR_KEY_ID?');
  });

  it('says all of it as JSON', async () => {
    const right = JSON.parse((await check(good, '--json')).stdout);
    expect(right).toMatchObject({ ok: true, roles: ['ingest', 'worker', 'board'], problems: [] });
    expect(right.settings).toContainEqual({
      variable: 'XSOAR_KEY',
      value: '***',
      source: 'environment',
    });
    const { code, stdout } = await check({ ...good, XSOAR_KEY: '' }, '--json');
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ variable: 'XSOAR_KEY' }] });
    expect(JSON.parse(stdout).settings).toHaveLength(right.settings.length);
    expect(stdout).not.toContain('s3cret');
  });
});
