import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BULL_BOARD_POLICY, BULL_BOARD_STYLES, STATUS_POLICY } from './headers.ts';

const ui = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
const program = globSync('dist/static/js/**/*.js', { cwd: ui })
  .map((file) => readFileSync(join(ui, file), 'utf8'))
  .join('\n');
const digest = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('base64')}`;

describe('the policies', () => {
  it.each([STATUS_POLICY, BULL_BOARD_POLICY])('allow nothing that is not named: %s', (policy) => {
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('know the style elements of this version of Bull Board', () => {
    // The colours of the Redis icon are the one style element with a literal text.
    const icon = /\("style",\{children:`([^`]*)`/.exec(program)?.[1] ?? '';
    expect(icon).toContain('.rds-b1');
    // The other is made of the name of a class, which stands before it.
    const name = /"(base-ui-disable-scrollbar)"/.exec(program)?.[1] ?? '';
    const scrollbar = `.${name}{scrollbar-width:none}.${name}::-webkit-scrollbar{display:none}`;
    expect(program).toContain(scrollbar.replaceAll(name, '$' + '{l}'));
    expect([icon, scrollbar].map(digest)).toEqual(BULL_BOARD_STYLES);
  });
});
