import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { strictEntryPage } from './entry-page.ts';

const ui = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
const original = readFileSync(join(ui, 'dist/index.ejs'), 'utf8');

describe('the entry page of Bull Board', () => {
  const page = strictEntryPage(original);

  it('asks nobody else for anything', () => {
    expect(original).toContain('https://');
    expect(page).not.toContain('https://');
  });

  it('has no inline style left', () => {
    expect(original).toContain('style="');
    expect(page).not.toMatch(/<style|style=/);
  });

  it('keeps its own style sheets, scripts and configuration', () => {
    const kept =
      /<link href="static\/css[^>]*>|<script[^>]*src="[^>]*>|<script id="__UI_CONFIG__"/g;
    expect(page.match(kept)).toEqual(original.match(kept));
    expect(page.match(kept)?.length).toBeGreaterThan(3);
  });
});
