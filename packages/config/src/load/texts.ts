import { type ConfigNote, type ConfigProblem, problemOf } from '../problem.ts';
import type { Variable } from '../variables/define.ts';
import type { FileEntry } from './config-file.ts';

/** Reads a file; throws an error with a `code` such as ENOENT. */
export type ReadFile = (path: string) => string;

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The texts of variables by name, and where each is from. */
export interface Texts {
  readonly environment: ReadonlyMap<string, string>;
  readonly file: ReadonlyMap<string, string>;
  /** For those that are set; `environment`, `XSOAR_KEY_FILE=/run/secrets/key`, `config.yml:3`. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly ConfigNote[];
}

/** What a file with one secret may have. */
const FILE_MAX = 65_536;
/** A list of values never to push may be long. */
const LIST_MAX = 1_048_576;

/** Whether a variable may also be given as `NAME_FILE`. */
export function takesFile(variable: Variable): boolean {
  return variable.secret === true || variable.fromFile === true;
}

/**
 * Collects what is set, before anything is judged. An environment variable that is set to nothing
 * means the default even where `config.yml` has a value, as in pycti; for types without that habit
 * it stays, and is a problem.
 */
export function collectTexts(
  variables: readonly Variable[],
  env: Environment,
  entries: ReadonlyMap<string, FileEntry>,
  fileName: string,
  readFile: ReadFile,
): Texts {
  const environment = new Map<string, string>();
  const file = new Map<string, string>();
  const sources = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  const notes: ConfigNote[] = [];

  /** The text of the file that a `NAME_FILE` names, or null after noting the problem. */
  function fromFile(variable: Variable, name: string, path: string, from: string): string | null {
    const complain = (complaint: string): null => {
      problems.push(problemOf(name, complaint, { value: path, source: from }));
      return null;
    };
    try {
      const text = readFile(path).replace(/\r?\n$/, '');
      if (text.length > (variable.secret === true ? FILE_MAX : LIST_MAX)) {
        return complain('expected a file with a single value, this one is too large');
      }
      return text === '' ? complain('expected a file with a value, this one is empty') : text;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return complain(`expected a file that this process may read (${code})`);
    }
  }

  /** One layer's text of a variable: given directly, or by a file; both is a problem. */
  function pick(
    variable: Variable,
    direct: { name: string; text: string | undefined; from: string },
    byFile: { name: string; path: string | undefined; from: string },
  ): { text: string; source: string } | null {
    const { text } = direct;
    const path = takesFile(variable) ? byFile.path : undefined;
    if (path === undefined || path === '') {
      return text === undefined ? null : { text: clean(variable, text), source: direct.from };
    }
    if (text !== undefined && text !== '') {
      problems.push(
        problemOf(direct.name, `set it or ${byFile.name}, not both`, { source: direct.from }),
      );
      return null;
    }
    const contents = fromFile(variable, byFile.name, path, byFile.from);
    return contents === null
      ? null
      : { text: clean(variable, contents), source: `${byFile.name}=${path}` };
  }

  for (const variable of variables) {
    const { name, path, type } = variable;
    const entry = entries.get(path);
    const pathEntry = entries.get(`${path}_file`);
    const inFile = pick(
      variable,
      { name: path, text: entry?.text, from: `${fileName}:${entry?.line ?? 0}` },
      { name: `${path}_file`, path: pathEntry?.text, from: `${fileName}:${pathEntry?.line ?? 0}` },
    );
    const inEnvironment = pick(
      variable,
      { name, text: env[name], from: 'environment' },
      { name: `${name}_FILE`, path: env[`${name}_FILE`], from: 'environment' },
    );
    const chosen = inEnvironment ?? inFile;
    if (chosen === null || (chosen.text === '' && type.empty === 'default')) continue;
    sources.set(name, chosen.source);
    if (inFile !== null) file.set(name, inFile.text);
    if (inEnvironment !== null) environment.set(name, inEnvironment.text);
    else if (entry?.several === true && type.several !== true) {
      problems.push(
        problemOf(path, 'expected a single value, not a list', { source: chosen.source }),
      );
    }
  }
  return { environment, file, sources, problems, notes };
}

/** Spaces around a value are never meant, but a secret is left as it is. */
function clean(variable: Variable, text: string): string {
  return variable.secret === true ? text : text.trim();
}
