/** docs/commands.md has every command of the program, and every option of those that it describes. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { run, xsoarIntel } from './run-command.ts';

const page = readFileSync(
  fileURLToPath(new URL('../../docs/commands.md', import.meta.url)),
  'utf8',
);

/** Described elsewhere, with their options. */
const ELSEWHERE = ['demo', 'explain', 'simulate opencti', 'simulate xsoar'];
/** Options of which the head of the page speaks. */
const EVERYWHERE = ['--help', '--config', '--json'];

const help = async (command: string): Promise<string> => {
  const { stdout } = await run(xsoarIntel, [...command.split(' ').filter(Boolean), '--help'], {
    cwd: tmpdir(),
  });
  return stdout;
};

/** The subcommands that a help names. */
function subcommandsOf(text: string): string[] {
  if (!/^Usage: .*\[command\]$/m.test(text)) return [];
  // Commands have two spaces before them; what goes on below them has more.
  return [...text.matchAll(/^ {2}([a-z][a-z-]+)\b/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'help');
}

const optionsOf = (text: string): string[] =>
  [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name ?? '');

/** Path and help of every command that does something. */
async function leaves(path: string): Promise<[path: string, help: string][]> {
  const text = await help(path);
  const subcommands = subcommandsOf(text);
  if (subcommands.length === 0) return [[path, text]];
  const found: [string, string][] = [];
  for (const name of subcommands) found.push(...(await leaves(`${path} ${name}`.trim())));
  return found;
}

/** The text under a heading, and under that of the command above it. */
function sectionOf(path: string): string {
  const words = path.split(' ');
  return words
    .map((_, at) => `### \`xsoar-intel ${words.slice(0, at + 1).join(' ')}\`\n`)
    .map((heading) => page.split(heading)[1]?.split(/^##/m)[0] ?? '')
    .join('\n');
}

let commands: [path: string, help: string][] = [];
beforeAll(async () => {
  commands = await leaves('');
}, 60_000);

describe('docs/commands.md', () => {
  it('has every command, and none that is not there', () => {
    const documented = [...page.matchAll(/^### `xsoar-intel ([^`]+)`$/gm)].map(([, path]) => path);
    const paths = commands.map(([path]) => path);
    expect(paths.length).toBeGreaterThan(20);
    const groups = documented.filter((path) => paths.some((one) => one.startsWith(`${path} `)));
    expect([...documented].sort()).toEqual([...paths, ...groups].sort());
  });

  it('has every option of every command', () => {
    const missing = commands
      .filter(([path]) => !ELSEWHERE.includes(path))
      .flatMap(([path, text]) =>
        optionsOf(text)
          .filter((option) => !EVERYWHERE.includes(option))
          .filter((option) => !sectionOf(path).includes(`\`${option}\``))
          .map((option) => `${path} ${option}`),
      );
    expect(missing).toEqual([]);
  });

  it('says what each command is for in its help', () => {
    for (const [path, text] of commands) {
      const description = text.split('\n')[2] ?? '';
      expect(`${path}: ${description}`).toMatch(/: [a-z].{15,}/);
    }
  });
});

describe('xsoar-intel', () => {
  it('guesses what was meant by a typo', async () => {
    const ran = await run(xsoarIntel, ['statsu'], { cwd: tmpdir() });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('(Did you mean status?)');
    const sub = await run(xsoarIntel, ['dead-letters', 'lst'], { cwd: tmpdir() });
    expect(sub.code).toBe(2);
    expect(sub.stderr).toContain('(Did you mean list?)');
    const option = await run(xsoarIntel, ['resume', '--hodl', 'x'], { cwd: tmpdir() });
    expect(option.code).toBe(2);
    expect(option.stderr).toContain('(Did you mean --hold?)');
  });
});
