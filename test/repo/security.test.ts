import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownVariables, read, root } from './files.ts';

const page = read('SECURITY.md');
const threats = page.split('\n').filter((line) => /^\| T\d+ \|/.test(line));

describe('SECURITY.md', () => {
  it('has a control and a test for each threat', () => {
    expect(threats.length).toBe(17);
    for (const line of threats) {
      const [, , , control = '', tests = ''] = line.split(/(?<!\\)\|/);
      expect(control.trim()).not.toBe('');
      expect(tests).toMatch(/`[^`]+\.test\.ts`/);
    }
  });

  it('names files that exist', () => {
    const files = [...page.matchAll(/`([a-z][\w./-]+\.(?:test\.ts|mjs))`/g)].map(
      ([, file = '']) => file,
    );
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('names variables that exist', () => {
    const names = [...page.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !knownVariables.has(name))).toEqual([]);
  });
});
