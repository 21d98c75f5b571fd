import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findProgram } from '../support/find-program.ts';

it('a tool that tests can do without may be missing on a desk, and not in CI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xsoar-intel-tools-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const PATH = `/nowhere:${folder}`;
  expect(findProgram('promtool', { PATH })).toBeNull();
  expect(() => findProgram('promtool', { PATH, CI: 'true' })).toThrow(
    'promtool is not on the PATH, and with CI=true no test skips for it.',
  );
  writeFileSync(join(folder, 'promtool'), '');
  expect(findProgram('promtool', { PATH, CI: 'true' })).toBe(join(folder, 'promtool'));
});
