import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import type { ConfigOf } from '../config.ts';
import { type ConfigNote, type ConfigProblem, problemOf } from '../problem.ts';
import type { Role } from '../role.ts';
import { type VariableName, variables } from '../variables/table.ts';
import { readCertificates } from './certificates.ts';
import { checks } from './checks.ts';
import { compileConfig } from './compile.ts';
import type { FileContents } from './config-file.ts';
import { remarkOn } from './remarks.ts';
import { knownPaths, strayNotes } from './stray.ts';
import { collectTexts, type Environment, type ReadFile } from './texts.ts';
import { readValues, type Setting } from './values.ts';

const require = createRequire(import.meta.url);

/** Where a configuration comes from. */
export interface LoadOptions {
  readonly env: Environment;
  /** Where `config.yml` is looked for, and where relative paths start. */
  readonly cwd: string;
  /** A file that must be there, instead of `config.yml` in `cwd`, which may be missing. */
  readonly configFile?: string;
  /** Reads a text file, by its absolute path. */
  readonly readFile?: ReadFile;
  /** Epoch milliseconds, for "30 days ago". */
  readonly now?: number;
}

/** A configuration that works. */
export interface LoadedConfig<R extends Role = Role> {
  readonly ok: true;
  readonly config: ConfigOf<R>;
  /** Where each variable that is set comes from. */
  readonly sources: ReadonlyMap<string, string>;
  /** Every variable that the role reads, as it is in effect, without secrets. */
  readonly settings: readonly Setting[];
  readonly notes: readonly ConfigNote[];
}

/** A configuration that does not, with every mistake at once. */
export interface RefusedConfig {
  readonly ok: false;
  readonly problems: readonly ConfigProblem[];
  /** Every variable that the role reads, as it was given, without secrets; the wrong ones too. */
  readonly settings: readonly Setting[];
  readonly notes: readonly ConfigNote[];
}

const DEFAULT_FILE = 'config.yml';

/**
 * Loads the configuration of one role, or of several at once. Environment before `config.yml`
 * before defaults. Never throws because of what is configured, and never writes anything.
 */
export function loadConfig<R extends Role>(
  role: R | readonly R[],
  options: LoadOptions,
): LoadedConfig<R> | RefusedConfig {
  const roles: readonly Role[] = typeof role === 'string' ? [role] : role;
  const { env, cwd, now = Date.now() } = options;
  const readText = options.readFile ?? ((path) => readFileSync(path, 'utf8'));
  const readFile: ReadFile = (path) => readText(resolve(cwd, path));

  const fileName = basename(options.configFile ?? DEFAULT_FILE);
  const contents = readContents(options.configFile, readFile);
  const read = variables.filter((variable) =>
    variable.roles.some((reads) => roles.includes(reads)),
  );
  const texts = collectTexts(read, env, contents.entries, fileName, readFile);
  const { values, settings, problems, wrong } = readValues(read, roles, texts);
  const ca = readCertificates(values, readFile);

  const isSet = (name: VariableName): boolean => texts.sources.has(name);
  const notes = [
    ...contents.notes,
    ...strayNotes(env, contents.entries, fileName),
    ...remarkOn(values, roles, isSet, now),
  ];
  const all = [...contents.problems, ...texts.problems, ...problems, ...ca.problems];
  const failed = new Set([...wrong, ...all.map(({ variable }) => variable)]);
  for (const check of checks) {
    if (!check.roles.some((reads) => roles.includes(reads))) continue;
    if (check.variables.some((name) => failed.has(name))) continue;
    const complaint = check.complaint(values);
    if (complaint === null) continue;
    const [name] = check.variables;
    const setting = settings.find(({ variable }) => variable.name === name);
    all.push(
      problemOf(name, complaint, {
        value: setting?.variable.secret === true ? null : (setting?.shown ?? null),
        source: texts.sources.get(name) ?? null,
      }),
    );
  }
  if (all.length > 0) return { ok: false, problems: withoutEchoes(all), settings, notes };
  const config = compileConfig(values, { ca });
  // What a role cannot do without was looked at above: a missing one is a problem.
  return { ok: true, config: config as ConfigOf<R>, sources: texts.sources, settings, notes };
}

/** What was given wrongly is also "not set"; the first complaint says all. */
function withoutEchoes(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const counts = new Map<string, number>();
  for (const { variable } of problems) counts.set(variable, (counts.get(variable) ?? 0) + 1);
  return problems.filter(({ variable: name, complaint }) => {
    if (!complaint.startsWith('is not set')) return true;
    const path = variables.find((variable) => variable.name === name)?.path ?? name;
    const others = [`${name}_FILE`, path, `${path}_file`];
    return counts.get(name) === 1 && !others.some((other) => counts.has(other));
  });
}

function readContents(configFile: string | undefined, readFile: ReadFile): FileContents {
  const path = configFile ?? DEFAULT_FILE;
  try {
    const text = readFile(path);
    // A reader of YAML takes some MB of memory, and most processes have no file.
    const { readConfigFile } = require('./config-file.ts') as typeof import('./config-file.ts');
    return readConfigFile(text, basename(path), knownPaths());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const none = { entries: new Map(), notes: [] };
    if (configFile === undefined && code === 'ENOENT') return { ...none, problems: [] };
    return {
      ...none,
      problems: [problemOf(path, `expected a file that this process may read (${code})`)],
    };
  }
}
