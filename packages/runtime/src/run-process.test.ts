import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

/** A program around runProcess; `body` is the source of its start function. */
function program(body: string): ChildProcess {
  const source = `
    import { createLogger, runProcess } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const logger = createLogger({ level: 'info', name: 'test', version: '0', pretty: false });
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => {}, 1000);
    process.exit(await runProcess({ logger, shutdownMs: 300, start: async () => { ${body} } }));
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

const exitOf = async (child: ChildProcess): Promise<number | null> =>
  (await once(child, 'exit'))[0];

const RUNS = "process.stdout.write('up\\n');";

describe('a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops in order on %s and ends with 0',
    async (signal) => {
      const child = program(
        `${RUNS} return { stop: async () => { await wait(50); process.stdout.write('stopped all\\n'); } };`,
      );
      await said(child, 'up');
      child.kill(signal);
      const exit = exitOf(child);
      await said(child, 'stopped all');
      expect(await exit).toBe(0);
    },
  );

  it('ends with 1 when stopping takes longer than it may', async () => {
    const child = program(`${RUNS} return { stop: () => wait(60_000) };`);
    await said(child, 'up');
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(1);
  });

  it('ends at once on a second signal', async () => {
    const child = program(`${RUNS} return { stop: () => wait(60_000) };`);
    await said(child, 'up');
    child.kill('SIGTERM');
    await said(child, 'stopping');
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(130);
  });

  it('says why it cannot start and ends with 1', async () => {
    const child = program("throw new Error('no such Redis');");
    const exit = exitOf(child);
    expect(await said(child, 'cannot start')).toContain('no such Redis');
    expect(await exit).toBe(1);
  });

  it('stops in order and ends with 1 after an error that nobody caught', async () => {
    const child = program(`
      setTimeout(() => { throw new Error('a defect'); }, 10);
      return { stop: async () => process.stdout.write('stopped all\\n') };`);
    const exit = exitOf(child);
    const output = await said(child, 'stopped all');
    expect(output).toContain('a defect');
    expect(await exit).toBe(1);
  });
});
