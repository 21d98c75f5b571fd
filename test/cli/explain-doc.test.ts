/** docs/explain.md shows what the command really prints. `WRITE_DOCS=1` rewrites it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from './run-command.ts';

const path = fileURLToPath(new URL('../../docs/explain.md', import.meta.url));
const session = /```console\n\$ (.+)\n([\s\S]*?)```/g;

test('the outputs in docs/explain.md are those of the command', async () => {
  const page = readFileSync(path, 'utf8');
  let real = page;
  const sessions = [...page.matchAll(session)];
  expect(sessions).toHaveLength(3);
  for (const [block, command = ''] of sessions) {
    const { code, stdout, stderr } = await run('sh', ['-c', command], { cwd: tmpdir() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // A function, since `$` in a replacement text has a meaning of its own.
    real = real.replace(block, () => `\`\`\`console\n$ ${command}\n${stdout}\`\`\``);
  }
  if (process.env.WRITE_DOCS === '1') writeFileSync(path, real);
  else expect(page).toBe(real);
});
