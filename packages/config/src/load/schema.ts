import convict from 'convict';
import type { Variable } from '../variables/define.ts';
import type { Texts } from './texts.ts';

/** A level of the schema, or of a configuration: sections with keys. */
interface Tree {
  [key: string]: unknown;
}

function put(tree: Tree, path: string, leaf: unknown): void {
  const [section = '', key = ''] = path.split('.');
  const keys: Tree = (tree[section] as Tree | undefined) ?? Object.create(null);
  keys[key] = leaf;
  tree[section] = keys;
}

/**
 * Puts the layers together with convict (environment before file before default) and hands the text
 * of each variable to `judge`, null where there is none.
 *
 * convict holds texts only: its own coercion takes `5x` for 5 and any word for true, and its
 * validation ends in one error of joined lines, without the variable and where its value is from.
 */
export function mergeLayers(
  variables: readonly Variable[],
  texts: Texts,
  judge: (variable: Variable, text: string | null) => void,
): void {
  const schema: Tree = Object.create(null);
  const file: Tree = Object.create(null);
  const environment: Record<string, string> = Object.create(null);
  for (const variable of variables) {
    put(schema, variable.path, {
      doc: variable.description,
      default: variable.default,
      env: variable.name,
      sensitive: variable.secret === true,
      format: (text: unknown) => judge(variable, typeof text === 'string' ? text : null),
    });
    const fromFile = texts.file.get(variable.name);
    if (fromFile !== undefined) put(file, variable.path, fromFile);
    const fromEnvironment = texts.environment.get(variable.name);
    if (fromEnvironment !== undefined) environment[variable.name] = fromEnvironment;
  }
  convict(schema as convict.Schema<Tree>, { env: environment, args: [] })
    .load(file)
    .validate({ allowed: 'strict' });
}
