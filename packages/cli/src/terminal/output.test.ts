import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('./output.ts', import.meta.url));
const big = `
  import { createOutput } from ${JSON.stringify(module)};
  const out = createOutput(process.stdout);
  let rooms = 0;
  for (let at = 0; at < 20_000; at += 1) {
    if (!(await out.room())) { process.stderr.write('left'); process.exit(0); }
    out.line('x'.repeat(100));
  }
  await out.flush();
  process.exit(0);
`;

function start() {
  return spawn(process.execPath, ['--input-type=module', '-e', big], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('everything has left before the process ends, however slow the reader is', async () => {
  const child = start();
  expect((await text(child.stdout)).length).toBe(20_000 * 101);
});

test('a reader that goes away ends it without a failure', async () => {
  const child = start();
  const complaint = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(await complaint).toBe('left');
  expect(code).toBe(0);
});
