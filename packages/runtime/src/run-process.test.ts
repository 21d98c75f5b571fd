import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { type ProcessState, runProcess } from './run-process.ts';

const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);

/** A program around runProcess; `body` is the source of its start function. */
function program(body: string, shutdownMs = 300): ChildProcess {
  const source = `
    import { createLogger, runProcess } from ${index};
    const logger = createLogger({ level: 'info', name: 'test', version: '0', pretty: false });
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const say = (text) => process.stdout.write(text + '\\n');
    process.exit(await runProcess({
      logger,
      shutdownMs: ${shutdownMs},
      start: async (context) => { ${body} },
      onState: (state) => say('state: ' + state),
    }));
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

let children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

/** Collects output until a text comes. */
function said(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const onData = (chunk: unknown): void => {
      all += String(chunk);
      if (!all.includes(text)) return;
      child.stdout?.off('data', onData);
      resolve(all);
    };
    child.stdout?.on('data', onData);
    child.once('close', () => reject(new Error(`it ended without saying "${text}": ${all}`)));
  });
}

/** Its exit code, and everything that it said. */
async function ending(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

const ORDERLY = "return { stop: async () => { await wait(50); say('stopped all'); } };";
const STUCK = 'return { stop: () => wait(60_000) };';

describe('a process', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'stops in order on %s and ends with 0',
    async (signal) => {
      const child = program(ORDERLY);
      await said(child, 'state: running');
      const end = ending(child);
      child.kill(signal);
      const { code, output } = await end;
      expect(code).toBe(0);
      expect(output).toMatch(/state: draining.*stopped all.*state: stopped/s);
    },
  );

  it('lives on although nothing keeps its event loop busy', async () => {
    // A loop that runs empty emits beforeExit; ours must not, so the timer comes first.
    const child = program(
      `process.on('beforeExit', () => say('empty'));
       setTimeout(() => say('alive'), 300).unref();
       ${ORDERLY}`,
    );
    expect(await said(child, 'alive')).not.toContain('empty');
  });

  it('ends with 1 when stopping takes longer than it may', async () => {
    const child = program(STUCK);
    await said(child, 'state: running');
    const end = ending(child);
    child.kill('SIGTERM');
    const { code, output } = await end;
    expect(code).toBe(1);
    expect(output).toContain('SHUTDOWN_TIMEOUT');
  });

  it('ends with 1 when stopping fails', async () => {
    const child = program("return { stop: () => Promise.reject(new Error('Redis is gone')) };");
    await said(child, 'state: running');
    const end = ending(child);
    child.kill('SIGTERM');
    const { code, output } = await end;
    expect(code).toBe(1);
    expect(output).toContain('Redis is gone');
  });

  it.each([
    ['SIGINT', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ] as const)('told by %s and then by %s ends at once with %i', async (first, second, expected) => {
    const child = program(STUCK, 60_000);
    await said(child, 'state: running');
    child.kill(first);
    await said(child, 'state: draining');
    const end = ending(child);
    child.kill(second);
    expect((await end).code).toBe(expected);
  });

  it('takes a signal that a launcher passes on once more for the same wish', async () => {
    const child = program(
      `process.on('SIGINT', () => say('got one'));
       return { stop: async () => { process.kill(process.pid, 'SIGINT'); await wait(100); say('stopped all'); } };`,
    );
    await said(child, 'state: running');
    const end = ending(child);
    child.kill('SIGINT');
    const { code, output } = await end;
    expect(output.match(/got one/g)).toHaveLength(2);
    expect(output).toContain('stopped all');
    expect(code).toBe(0);
  });

  it('ends at once on the same signal when it comes again later', async () => {
    const child = program(STUCK, 60_000);
    await said(child, 'state: running');
    const end = ending(child);
    child.kill('SIGINT');
    // Again and again, as a person would press: the first ones may be echoes.
    const pressing = setInterval(() => child.kill('SIGINT'), 50);
    const { code } = await end;
    clearInterval(pressing);
    expect(code).toBe(130);
  });

  it('says why it cannot start and ends with 1, without a stack', async () => {
    const { code, output } = await ending(program("throw new Error('no such Redis');"));
    expect(code).toBe(1);
    expect(output).toContain('cannot start');
    expect(output).toContain('no such Redis');
    expect(output).not.toContain('    at ');
  });

  it('ends with the exit code that the error of its start names', async () => {
    const child = program("throw Object.assign(new Error('evicts keys'), { exitCode: 78 });");
    expect((await ending(child)).code).toBe(78);
  });

  it('tells the stack of a defect in its start', async () => {
    const { code, output } = await ending(program('null.length;'));
    expect(code).toBe(1);
    expect(output).toContain('TypeError');
    expect(output).toContain('    at ');
  });

  it('ends with 0 when it is told to while it waits to start', async () => {
    const child = program("say('waiting'); await wait(60_000);", 10_000);
    await said(child, 'waiting');
    const end = ending(child);
    child.kill('SIGTERM');
    expect((await end).code).toBe(0);
  });

  it('stops what comes up after it was told to end', async () => {
    const child = program(`say('waiting'); await wait(200); ${ORDERLY}`, 10_000);
    await said(child, 'waiting');
    const end = ending(child);
    child.kill('SIGTERM');
    const { code, output } = await end;
    expect(code).toBe(0);
    expect(output).toContain('stopped all');
    expect(output).not.toContain('state: running');
  });

  it('ends with 0 when its start gives up because it was told to end', async () => {
    const child = program(
      `say('waiting');
       await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));`,
    );
    await said(child, 'waiting');
    const end = ending(child);
    child.kill('SIGTERM');
    expect((await end).code).toBe(0);
  });

  it.each([
    ['thrown where nobody catches', "setTimeout(() => { throw new Error('a defect'); }, 10);"],
    [
      'rejected where nobody catches',
      "setTimeout(() => void Promise.reject(new Error('a defect')), 10);",
    ],
    ['told by the program itself', "setTimeout(() => context.fail(new Error('a defect')), 10);"],
  ])('stops in order and ends with 1 after an error %s', async (_, defect) => {
    const { code, output } = await ending(program(`${defect} ${ORDERLY}`));
    expect(code).toBe(1);
    expect(output).toContain('a defect');
    expect(output).toContain('stopped all');
  });

  it('goes on stopping when errors come one after the other', async () => {
    const { code, output } = await ending(
      program(`setInterval(() => { throw new Error('a defect'); }, 10); ${ORDERLY}`),
    );
    expect(code).toBe(1);
    expect(output).toContain('stopped all');
  });

  it('leaves no listeners behind', async () => {
    const events = ['SIGHUP', 'SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'];
    const counts = () => events.map((event) => process.listenerCount(event));
    const before = counts();
    const states: ProcessState[] = [];
    const code = await runProcess({
      logger: createLogger({ level: 'error', name: 'test', destination: { write: () => {} } }),
      shutdownMs: 100,
      start: () => Promise.reject(new Error('no')),
      onState: (state) => states.push(state),
    });
    expect(code).toBe(1);
    expect(states).toEqual(['stopped']);
    expect(counts()).toEqual(before);
  });
});
