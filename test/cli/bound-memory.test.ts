import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../packages/cli/bin/xsoar-intel.mjs', import.meta.url));
const SHOW =
  'console.log("at", process.pid, process.env.MALLOC_ARENA_MAX ?? "none", ...process.execArgv)';

/** What Node was started with by each start of the program, and the id of its process. */
async function startsOf(command: string, flags: readonly string[] = [], arenas?: string) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, BIN, command, '--help'],
    {
      env: {
        PATH: process.env.PATH,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SHOW)}`,
        ...(arenas === undefined ? {} : { MALLOC_ARENA_MAX: arenas }),
      },
    },
  );
  const starts = stdout.split('\n').filter((line) => line.startsWith('at '));
  return starts.map((line) => {
    const [, pid, arenaMax, ...options] = line.split(' ');
    return { pid, arenaMax, options };
  });
}

it('a service is started once more within its bounds, in the same process', async () => {
  const [first, second, ...more] = await startsOf('worker');
  expect(first).toMatchObject({ arenaMax: 'none', options: [] });
  expect(second).toEqual({
    pid: first?.pid,
    arenaMax: '1',
    options: ['--max-semi-space-size=16', '--heap-growing-percent=30'],
  });
  expect(more).toEqual([]);
});

it('what somebody sets comes last and wins', async () => {
  const [, second] = await startsOf('ingest', ['--max-semi-space-size=64'], '4');
  expect(second).toMatchObject({ arenaMax: '4' });
  expect(second?.options.at(-1)).toBe('--max-semi-space-size=64');
});

it('a command that is over soon is not', async () => {
  expect(await startsOf('status')).toMatchObject([{ arenaMax: 'none', options: [] }]);
});
