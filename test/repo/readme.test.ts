import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, root } from './files.ts';

/** The blocks of commands, with the comment that stands right before each. */
const blocks = [
  ...read('README.md').matchAll(/(?:^<!-- (.*) -->\n)?^```sh\n([\s\S]*?)^```$/gm),
].map(([, comment = '', text = '']) => ({ comment, text, first: text.split('\n')[0] ?? '' }));

const byThisTest = blocks.filter(({ comment }) => comment === 'run by test/repo/readme.test.ts');
const byCi = blocks.filter(({ comment }) => comment === 'run by .ci/run');

describe('README.md', () => {
  it.each(blocks)('says who runs "$first", or why nobody does', ({ comment }) => {
    expect(comment).toMatch(/^run by \S+$|^not run: .{20,}/);
    for (const [file] of comment.matchAll(/test\/\S+\.ts/g)) {
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('has its first commands run by .ci/run', () => {
    expect(byCi.length).toBe(2);
    const ci = read('.ci/run').replaceAll('--silent ', '');
    for (const { text } of byCi) {
      for (const command of text.trim().split('\n')) expect(ci).toContain(command);
    }
  });

  it.each(byThisTest.flatMap(({ text }) => text.trim().split('\n')))('%s', (command) => {
    const ran = spawnSync('sh', ['-c', command], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    expect(ran.stdout).not.toBe('');
  });
});
