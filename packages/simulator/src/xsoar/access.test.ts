import { expect, test } from 'vitest';
import { call, create, xsoarBench } from '../testing/xsoar.ts';
import { advancedKeyHash } from './auth.ts';

const start = xsoarBench();
const probe = { query: 'value:"probe.invalid"', size: 1 };

test('the hash of an advanced key is that of the public algorithm', () => {
  expect(advancedKeyHash('EXAMPLE-ADVANCED-KEY', 'a'.repeat(64), '1767225600000')).toBe(
    '81f7b765c8ec89263bcfd1f2baf7c62a9d2ac821759c3a54488c1322592dc6cc',
  );
});

test('XSOAR 8 answers on both prefixes and gives the symptoms of wrong URLs', async () => {
  const fake = await start();
  const status = async (prefix: string, path = '/indicators/search', body: unknown = probe) => {
    const answer = await call(fake, path, body, { prefix });
    return `${answer.status} ${(answer.headers.get('content-type') ?? '').split(';')[0]}`;
  };
  expect(await status('/xsoar/public/v1')).toBe('200 application/json');
  expect(await status('/xsoar')).toBe('200 application/json');
  expect(await status('')).toBe('500 ');
  expect(await status('/xsoar/public/v1', '/indicators/feed/json')).toBe('303 ');
  expect(await status('/api/webapp')).toBe('500 ');
  expect(await status('/public_api/v1')).toBe('402 application/json');
  expect(await status('/somewhere')).toBe('200 text/html');
  expect(fake.stats().elsewhere).toBe(5);
  const health = await call(fake, '/healthcheck', undefined, { prefix: '/public_api/v1' });
  expect(health.json).toEqual({ status: 'available' });
});

test('XSOAR 6 has no prefix, one header, and HTML for what belongs to version 8', async () => {
  const fake = await start({ product: '6' });
  const headers = { 'x-xdr-auth-id': '' };
  const right = await call(fake, '/indicators/search', probe, { prefix: '', headers });
  expect(right.json).toMatchObject({ total: 0 });
  const wrong = await call(fake, '/indicators/search', probe, { prefix: '/xsoar/public/v1' });
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect((await call(fake, '/indicator-whitelist', {}, { prefix: '' })).status).toBe(405);
  const refused = await call(fake, '/indicators/search', probe, {
    prefix: '',
    headers: { authorization: 'wrong' },
  });
  expect(refused.status).toBe(403);
  expect(refused.json).toMatchObject({ id: 'forbidden', error: 'http: named cookie not present' });
});

test('one server can have all three shapes', async () => {
  const fake = await start({ product: 'any' });
  for (const prefix of ['', '/xsoar', '/xsoar/public/v1'])
    expect((await call(fake, '/indicators/search', probe, { prefix })).json).toMatchObject({
      total: 0,
    });
});

test('tenants have their own indicators, behind every prefix', async () => {
  const fake = await start({ product: 'any', tenants: ['Blue'] });
  const indicator = { value: 'a.example', indicator_type: 'Domain' };
  for (const [n, prefix] of [
    '/acc_Blue',
    '/xsoar/acc_Blue',
    '/xsoar/public/v1/acc_Blue',
  ].entries()) {
    const answer = await call(fake, '/indicator/create', { indicator }, { prefix });
    expect(answer.json).toMatchObject({ account: 'Blue', version: n + 1 });
  }
  expect([...fake.objects()]).toEqual([]);
  expect([...fake.objects('Blue')]).toHaveLength(1);
  expect((await call(fake, '/indicators/search', probe, { prefix: '/acc_Red' })).status).toBe(404);
});

test('a standard key needs its id, and a wrong one is refused with the body of the gateway', async () => {
  const fake = await start({ keys: [{ key: 'k', id: '17' }] });
  const status = async (headers: Record<string, string>) =>
    (await call(fake, '/indicators/search', probe, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ 'x-xdr-auth-id': '18' })).toBe(401);
  const refused = await call(fake, '/indicators/search', probe, {
    headers: { authorization: 'x' },
  });
  expect(refused.json).toEqual({
    reply: { err_code: 401, err_msg: 'Public API request unauthorized', err_extra: null },
  });
});

test('an advanced key is checked by hash, nonce and clock, and never twice with one nonce', async () => {
  const now = Date.UTC(2026, 8, 20);
  const fake = await start({
    now: () => now,
    keys: [{ key: 'secret', id: '21', type: 'advanced' }],
  });
  const status = async (nonce: string, timestamp: number, key = 'secret') => {
    const headers = {
      'x-xdr-nonce': nonce,
      'x-xdr-timestamp': String(timestamp),
      authorization: advancedKeyHash(key, nonce, String(timestamp)),
    };
    return (await call(fake, '/indicators/search', probe, { headers })).status;
  };
  const nonce = (char: string) => char.repeat(64);
  expect(await status(nonce('a'), now)).toBe(200);
  expect(await status(nonce('a'), now)).toBe(401);
  expect(await status(nonce('b'), now, 'other')).toBe(401);
  expect(await status(nonce('c'), now - 600_000)).toBe(401);
  expect(await status('short', now)).toBe(401);
  // Sent as a standard key.
  expect((await call(fake, '/indicators/search', probe)).status).toBe(401);
});

test('a role may allow reading alone', async () => {
  const fake = await start({ keys: [{ key: 'k', id: '1', rights: ['search'] }] });
  expect((await call(fake, '/indicators/search', probe)).status).toBe(200);
  expect((await create(fake, 'a')).status).toBe(403);
  expect(fake.stats().objects).toBe(0);
});
