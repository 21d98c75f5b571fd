/** What a person at a terminal sees and types; `script` (util-linux) is the terminal. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { type OperatorWorld, openOperatorWorld, state } from './operator-world.ts';
import { xsoarIntel } from './run-command.ts';

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';
const CTRL_C = '\u0003';

let server: TestRedis;
let world: OperatorWorld;
const now = Date.now();
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = openOperatorWorld(server.url);
  await world.redis.set(world.keys.cursor, `${now}-3`);
  return () => world.close();
});

/** Starts the command on a terminal of its own. */
function sit(args: string) {
  const child = spawn(
    'script',
    ['-qec', `stty rows 40 cols 120; exec ${xsoarIntel} ${args}`, '/dev/null'],
    {
      cwd: world.cwd,
      env: { PATH: process.env.PATH ?? '', SHELL: '/bin/sh', TERM: 'xterm', ...world.env },
    },
  );
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    seen: () => seen,
    sees: (text: string) => until(`it shows ${JSON.stringify(text)}`, () => seen.includes(text)),
    types: (keys: string) => child.stdin.write(keys),
    async end() {
      const code = await ended;
      child.stdin.destroy();
      return code;
    },
  };
}

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  it.each([
    ['y\r', 0, 'Start the ingest: it reads on from there.', true],
    ['n\r', 1, 'The cursor stays as it is.', false],
    ['\r', 1, 'The cursor stays as it is.', false],
    [CTRL_C, 1, 'The cursor stays as it is.', false],
  ])('a change of the cursor asks, and takes %j for an answer', async (keys, code, said, moves) => {
    const person = sit('cursor set -P7D');
    await person.sees('Change the cursor? [y/N]');
    expect(await world.redis.get(world.keys.cursor)).toBe(`${now}-3`);
    person.types(keys);
    expect(await person.end()).toBe(code);
    expect(person.seen()).toContain(said);
    expect((await world.redis.get(world.keys.cursor)) !== `${now}-3`).toBe(moves);
  });

  it.each([
    ['q', 'q'],
    ['Ctrl-C', CTRL_C],
  ])('top draws a screen, and gives the terminal back at %s', async (_name, key) => {
    await world.live();
    await world.pend([state(1), state(2)]);
    const person = sit('top --interval 100ms');
    await person.sees('q or Ctrl-C ends');
    expect(person.seen()).toMatch(/pending.* 2.*oldest/);
    expect(person.seen()).toContain(ENTER);
    expect(person.seen()).not.toContain(LEAVE);
    person.types(key);
    expect(await person.end()).toBe(0);
    expect(person.seen().trimEnd().endsWith(LEAVE)).toBe(true);
  });
});
