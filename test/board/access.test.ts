import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openBoardWorld } from './world.ts';

const LOGIN = { user: 'soc', password: 'a long pass: wörd' };
const authorization = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;
/** Everything that the board answers to. */
const PATHS = [
  '/',
  '/status.json',
  '/status.css',
  '/status.js',
  '/queue',
  '/queue/queue/delivery',
  '/queue/api/queues',
  '/queue/static/images/logo.svg',
  '/nothing',
];

let server: TestRedis;
let world: ReturnType<typeof openBoardWorld>;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openBoardWorld(server.url);
});
afterEach(() => world.close());

/** A request under a name that fetch would not let us choose. */
function statusUnder(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/', headers: { host } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}

describe('the login', () => {
  it('stands before every path', async () => {
    const { url } = await world.board(LOGIN);
    for (const path of PATHS) {
      const answer = await fetch(url + path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers.get('www-authenticate')).toContain('Basic');
      expect(await answer.text()).toBe('Please log in.\n');
    }
  });

  it('lets the user in', async () => {
    const { url } = await world.board(LOGIN);
    for (const path of PATHS) {
      const answer = await fetch(url + path, { headers: { authorization } });
      expect([path, answer.status]).toEqual([path, path === '/nothing' ? 404 : 200]);
    }
    const page = await fetch(url, { headers: { authorization } });
    expect(await page.text()).toContain('logged in as <bdi>soc</bdi>');
  });

  it('refuses a wrong password, and logs that without what was sent', async () => {
    const { url } = await world.board(LOGIN);
    const wrong = `Basic ${Buffer.from('soc:hunter2').toString('base64')}`;
    expect((await fetch(url, { headers: { authorization: wrong } })).status).toBe(401);
    const entry = world.logs().find(({ msg }) => msg === 'board: a login was refused');
    expect(entry).toMatchObject({ level: 'warn', remote: '127.0.0.1' });
    expect(JSON.stringify(world.logs())).not.toMatch(/hunter2|aHVudGVyMg|wörd/);
  });

  it('is needed to listen on anything but loopback', async () => {
    for (const address of ['0.0.0.0', '::']) {
      await expect(world.board({ address })).rejects.toThrow(/BOARD_USER and BOARD_PASSWORD/);
    }
    const { url, port } = await world.board({ address: '0.0.0.0', ...LOGIN });
    expect(url).toBe(`http://0.0.0.0:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(401);
  });

  it('is a user and a password, not one of them', async () => {
    await expect(world.board({ user: 'soc' })).rejects.toThrow(/belong together/);
    await expect(world.board({ password: 'x' })).rejects.toThrow(/belong together/);
  });

  it('is not needed on loopback, which then answers under its own name only', async () => {
    const { url, port } = await world.board();
    expect((await fetch(url)).status).toBe(200);
    expect(await statusUnder(`localhost:${port}`, port)).toBe(200);
    // A page of evil.example whose name was made to lead here.
    expect(await statusUnder('evil.example', port)).toBe(403);
  });
});

describe('every answer', () => {
  it('carries the security headers, refusals included', async () => {
    const open = await world.board();
    const closed = await world.board(LOGIN);
    const urls = [
      ...PATHS.map((path) => open.url + path),
      closed.url,
      `${open.url}/queue/queue/%E0%A4%A`,
    ];
    for (const url of urls) {
      const { headers } = await fetch(url);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  it('of a defective request says little', async () => {
    const { url } = await world.board();
    const answer = await fetch(`${url}/queue/queue/%E0%A4%A`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe('A bad request.\n');
  });

  it('with intelligence in it is not kept by caches', async () => {
    const { url } = await world.board();
    for (const path of ['/', '/status.json', '/queue', '/queue/api/queues']) {
      const { headers } = await fetch(url + path);
      expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
    }
  });
});

describe('the port', () => {
  it('that is taken is named with the variable to change', async () => {
    const { port } = await world.board();
    await expect(world.board({ port })).rejects.toThrow(/EADDRINUSE.*BOARD_PORT/);
  });

  it('is free again after a stop', async () => {
    const board = await world.board();
    await board.stop();
    await expect(fetch(board.url)).rejects.toThrow();
  });
});
