/** A copy of the workspace's source that runs by itself, over the same dependencies. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
const SCOPE = '@xsoar-intel';

/** Makes the copy; returns its folder, which is the caller's to remove. */
export function copyWorkspace(): string {
  const copy = mkdtempSync(join(tmpdir(), 'xsoar-intel-mutant-'));
  for (const folder of ['packages', 'test']) {
    // pnpm's links are relative, so that a copied one leads into the copy.
    cpSync(join(root, folder), join(copy, folder), { recursive: true, verbatimSymlinks: true });
  }
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(copy, file));
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, SCOPE), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== SCOPE) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(root, 'node_modules', SCOPE))) {
    symlinkSync(join(copy, 'packages', name), join(modules, SCOPE, name));
  }
  return realpathSync(dirname(modules));
}
