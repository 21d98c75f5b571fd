import { type ConfigProblem, problemOf } from '../problem.ts';
import type { Role } from '../role.ts';
import { MASK } from '../secret.ts';
import type { Variable } from '../variables/define.ts';
import { type Values, variables } from '../variables/table.ts';
import { mergeLayers } from './schema.ts';
import type { Texts } from './texts.ts';

/** One variable as it is in effect. */
export interface Setting {
  readonly variable: Variable;
  /** The value as it may be shown; null when unset. */
  readonly shown: string | null;
  /** `environment`, `XSOAR_KEY_FILE=/run/secrets/key`, `config.yml:3` or `default`. */
  readonly source: string;
}

/** What became of all texts. */
export interface ReadValues {
  /** Complete: what is wrong or not read has its default, or null. */
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly problems: readonly ConfigProblem[];
  /** Names of those that are wrong. */
  readonly wrong: ReadonlySet<string>;
}

/** Values of sample files that were not replaced. */
const PLACEHOLDER = /^<?change[-_ ]?(?:me|it)>?$/i;

/** Reads every text of a role's variables; the variables of others have their defaults. */
export function readValues(
  read: readonly Variable[],
  roles: readonly Role[],
  texts: Texts,
): ReadValues {
  const values = new Map<string, unknown>();
  const settings: Setting[] = [];
  const problems: ConfigProblem[] = [];
  const wrong = new Set<string>();
  for (const { name, default: text, type } of variables) {
    const fallback = text === null ? null : type.read(text);
    values.set(name, fallback?.ok ? fallback.value : null);
  }

  function complain(variable: Variable, complaint: string, text: string | null): void {
    wrong.add(variable.name);
    problems.push(
      problemOf(variable.name, complaint, {
        value: text === null ? null : shown(variable, text, null),
        source: texts.sources.get(variable.name) ?? null,
      }),
    );
  }

  mergeLayers(read, texts, (variable, text) => {
    const source = texts.sources.get(variable.name) ?? 'default';
    settings.push({
      variable,
      shown: text === null ? null : shown(variable, text, MASK),
      source: text === null ? 'unset' : source,
    });
    if (text === null) {
      if (variable.requiredBy?.some((role) => roles.includes(role))) {
        const norFile = variable.secret === true ? `, nor is ${variable.name}_FILE` : '';
        complain(variable, `is not set${norFile}; expected: ${kindOf(variable)}`, null);
      }
      return;
    }
    if (PLACEHOLDER.test(text.trim())) {
      // A placeholder is no secret, and seeing it says where to look.
      wrong.add(variable.name);
      const complaint = `is still a placeholder; expected: ${kindOf(variable)}`;
      problems.push(problemOf(variable.name, complaint, { value: text, source }));
      return;
    }
    const result = variable.type.read(text);
    if (result.ok) values.set(variable.name, result.value);
    else complain(variable, `expected ${result.expected}`, text);
  });
  const order = new Map(variables.map(({ name }, index) => [name, index]));
  const place = (name: string): number => order.get(name) ?? order.size;
  settings.sort((a, b) => place(a.variable.name) - place(b.variable.name));
  problems.sort((a, b) => place(a.variable) - place(b.variable));
  return { values: Object.fromEntries(values) as unknown as Values, settings, problems, wrong };
}

/** A text as it may be seen; `mask` for a secret of which nothing may be. */
function shown(variable: Variable, text: string, mask: string | null): string | null {
  const { show } = variable.type;
  if (show !== undefined) return show(text);
  return variable.secret === true ? (text === '' ? '' : mask) : text;
}

/** The first sentence of the description, up to a colon: what is to be put there. */
function kindOf({ description }: Variable): string {
  const [first = description] = description.split(/[.:](?:\s|$)/, 1);
  return first.replaceAll('`', '');
}
