/** One mistake of a configuration, told so that it can be repaired without looking anything up. */
export interface ConfigProblem {
  /** The variable, or the key of `config.yml` where there is no variable for it. */
  readonly variable: string;
  /** What it was set to, as it may be shown; null when unset or secret. */
  readonly value: string | null;
  /** Where the value came from; null when unset. */
  readonly source: string | null;
  /** What is wrong and what is expected. */
  readonly complaint: string;
  /** All of it in one line. */
  readonly message: string;
}

/** Something worth knowing about a configuration that works. */
export interface ConfigNote {
  /** `warning`: probably not meant so. `note`: differs from the Python connector, or has no effect. */
  readonly level: 'warning' | 'note';
  /** The variable, or the key of `config.yml`. */
  readonly variable: string;
  readonly message: string;
}

/** Characters of a value that a message quotes. */
const SHOWN_MAX = 120;

/** Makes a problem; `complaint` goes on after the value and where it is from. */
export function problemOf(
  variable: string,
  complaint: string,
  { value = null, source = null }: { value?: string | null; source?: string | null } = {},
): ConfigProblem {
  const shown = value === null ? '' : `=${quote(value)}`;
  const from = source === null ? '' : ` (${source})`;
  return {
    variable,
    value,
    source,
    complaint,
    message: `${variable}${shown}${from}: ${complaint}`,
  };
}

/** Quotes a value so that it cannot disturb a terminal or a log. */
export function quote(value: string): string {
  const cut = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
