/** A text that was understood, or what was expected instead. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string };

/** How the text of a variable is read. Pure: no clock, no file. */
export interface ValueType<T> {
  /** For the type column of the reference. */
  readonly label: string;
  /**
   * What a variable means that is set to nothing: the default (as the Python connector takes
   * texts), or a mistake (as it takes numbers).
   */
  readonly empty: 'default' | 'problem';
  /** Whether several values fit in: `config.yml` may then have a YAML list. */
  readonly several?: boolean;
  read(text: string): Reading<T>;
  /** The text without what must not be seen, where it may hold such a thing. */
  readonly show?: (text: string) => string;
}

/** The text was understood. */
export function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

/** It was not; `expected` goes on after "expected ". */
export function bad(expected: string): { readonly ok: false; readonly expected: string } {
  return { ok: false, expected };
}

/** Whether a text has control characters, which no value needs and a header cannot take. */
export function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
