#!/usr/bin/env node
// The way in. It may be started by an old Node (a machine's own 20, say): the
// program itself needs Node 24, so hand over to the workspace's if that is so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { boundMemory } from './bound-memory.mjs';

const major = Number(process.versions.node.split('.')[0]);

if (major >= 24) {
  boundMemory();
  // Stripped types and compiled code are kept in the system's temporary folder:
  // less than half the time to start, 37 MB less. Harmless where it cannot write.
  module.enableCompileCache();
  const { main } = await import('../src/index.ts');
  await main(process.argv);
} else {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(
      `xsoar-intel needs Node 24 or newer; this is ${process.version} and the workspace has none of its own.\n` +
        'Run "npm run setup" in the repository first.\n',
    );
    process.exit(1);
  }
  const self = fileURLToPath(import.meta.url);
  const child = spawn(node, [...process.execArgv, self, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
