import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Files that git knows or would take, so that nothing lying around counts. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What each package may import of ours. */
const ALLOWED = new Map<string, readonly string[]>([
  ['stix-pattern', []],
  ['opencti', []],
  ['xsoar', []],
  ['config', []],
  ['runtime', []],
  ['simulator', []],
  ['pipeline', ['stix-pattern', 'opencti', 'xsoar']],
  ['ingest', ['opencti', 'pipeline', 'runtime']],
  ['worker', ['opencti', 'pipeline', 'runtime', 'xsoar']],
  ['board', ['pipeline', 'runtime']],
  [
    'cli',
    [
      ...['board', 'config', 'ingest', 'opencti', 'pipeline', 'runtime'],
      ...['simulator', 'stix-pattern', 'worker', 'xsoar'],
    ],
  ],
]);

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => target ?? '');

const packageOf = (file: string): string => file.split('/')[1] ?? '';

/** Every import of one of our packages, by file. */
const ours = sources.flatMap((file) =>
  importsOf(read(file))
    .filter((target) => target.startsWith('@xsoar-intel/'))
    .map((target) => ({ file, target: target.slice('@xsoar-intel/'.length) })),
);

describe('the layout of the house', () => {
  it('has the packages of the architecture, and no others', () => {
    expect(readdirSync(join(root, 'packages')).sort()).toEqual([...ALLOWED.keys()].sort());
  });

  it('lets imports go one way', () => {
    const wrong = ours.filter(
      ({ file, target }) => !ALLOWED.get(packageOf(file))?.includes(target),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import past the index of a package', () => {
    expect(ours.filter(({ target }) => target.includes('/'))).toEqual([]);
    const upwards = sources.flatMap((file) =>
      importsOf(read(file))
        .filter((target) => /\.\.\/[a-z-]+\/src\//.test(target) && target.split('../').length > 3)
        .map((target) => `${file} → ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it('has only re-exports in an index', () => {
    const busy = sources
      .filter((file) => file.endsWith('/index.ts'))
      .filter(
        (file) =>
          !/^(\s*(export|import)\b[^;]*;|\s*\/\/[^\n]*|\s*\/\*[\s\S]*?\*\/|\s)*$/.test(read(file)),
      );
    expect(busy).toEqual([]);
  });

  it('has no file over 400 lines and no grab-bag by name', () => {
    const long = files
      .filter((file) => /\.(ts|mjs|lua)$/.test(file))
      .filter((file) => read(file).split('\n').length > 400);
    expect(long).toEqual([]);
    expect(files.filter((file) => /(^|\/)(utils?|common|helpers?)(\/|\.ts$)/.test(file))).toEqual(
      [],
    );
  });

  it('reads the environment only where configuration is read', () => {
    // The programs hand process.env over; the simulators and libraries never look.
    const places = sources
      .filter((file) => !file.endsWith('.test.ts') && /process\.env/.test(read(file)))
      .map(packageOf);
    expect(
      [...new Set(places)].filter((name) => !['cli', 'config', 'opencti', 'xsoar'].includes(name)),
    ).toEqual([]);
  });

  it('keeps shared material out: no path of it in the product', () => {
    const leaning = sources
      .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
      .filter((file) => /\.\.\/shared\b/.test(read(file)));
    expect(leaning).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('names only places that exist', () => {
    const text = read('docs/architecture.md');
    const places = [...text.matchAll(/`((?:packages|test|docs)\/[A-Za-z0-9_./-]+)`/g)].map(
      ([, place]) => place ?? '',
    );
    expect(places.length).toBeGreaterThan(20);
    expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([]);
  });
});
