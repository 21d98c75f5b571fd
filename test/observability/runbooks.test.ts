import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { variables } from '@xsoar-intel/config';
import { describe, expect, it } from 'vitest';
import { alerts, read, root, runbooks } from './files.ts';
import { sourceStrings } from './source-strings.ts';

const books = runbooks();
const pages = [...books, ['README', read('docs/runbooks/README.md')]] as [string, string][];

/** What `--help` of a command lists. */
function listed(command: readonly string[]): { commands: string[]; text: string } {
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/xsoar-intel'),
    [...command, '--help'],
    { encoding: 'utf8' },
  );
  const names = stdout.match(/^ {2}([a-z][a-z-]*)(?=[ \n[<|])/gm) ?? [];
  return { commands: names.map((name) => name.trim()), text: stdout };
}

describe('the runbooks', () => {
  it('are one for each alert, and no others', () => {
    expect([...books.keys()].sort()).toEqual(
      alerts()
        .map(({ alert }) => alert)
        .sort(),
    );
    for (const { alert, annotations } of alerts()) {
      expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`);
    }
  });

  it('are all in the list, with their severity', () => {
    const list = read('docs/runbooks/README.md');
    for (const { alert, labels } of alerts()) {
      expect(list).toContain(`| [${alert}](${alert}.md) | ${labels.severity} |`);
    }
  });

  it('say what it means, what it costs, how to check, fix and verify', () => {
    for (const [name, text] of books) {
      const headings = text.match(/^#+ .*$/gm);
      expect(headings, name).toEqual([
        `# ${name}`,
        ...['## Meaning', '## Impact', '## Check', '## Fix', '## Verify'],
      ]);
      expect(text.split('## Check')[1], name).toMatch(/^\n\n```sh\n/);
    }
  });

  it('lead only to pages that exist', () => {
    for (const [name, text] of pages) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)\)/g)) {
        expect([name, target, existsSync(join(root, 'docs/runbooks', target))]).toEqual([
          ...[name, target, true],
        ]);
      }
    }
  });

  it('use only commands and options that exist', () => {
    const top = listed([]).commands;
    expect(top).toContain('status');
    for (const [name, text] of pages) {
      for (const [, line = ''] of text.matchAll(/\bxsoar-intel ((?:[a-z-]+ ?|--[a-z-]+ ?)+)/g)) {
        const words = line.trim().split(' ');
        const [command = '', ...rest] = words;
        expect(top, `${name}: ${line}`).toContain(command);
        if (rest.length === 0) continue;
        const [sub = ''] = rest;
        const { commands, text } = listed([command]);
        const grouped = commands.includes('help') && !sub.startsWith('-');
        if (grouped) expect(commands, `${name}: ${line}`).toContain(sub);
        const help = grouped ? listed([command, sub]).text : text;
        for (const option of rest.filter((word) => word.startsWith('--'))) {
          expect(help, `${name}: ${line}`).toContain(option);
        }
      }
    }
  });

  it('name only variables that exist', () => {
    const known = new Set<string>([
      ...variables.map(({ name }) => name),
      // Of docker-compose.yml's Redis, and of OpenCTI.
      ...['REDIS_MAXMEMORY', 'REDIS__TRIMMING'],
    ]);
    for (const [name, text] of pages) {
      for (const variable of text.match(/\b[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+\b/g) ?? []) {
        expect([name, variable, known.has(variable)]).toEqual([name, variable, true]);
      }
    }
  });

  it('look for log messages that the source has', () => {
    const source = sourceStrings();
    for (const [name, text] of pages) {
      for (const [, message = ''] of text.matchAll(/grep -F '([^']+)'/g)) {
        expect([name, message, source.includes(message)]).toEqual([name, message, true]);
      }
    }
  });
});
