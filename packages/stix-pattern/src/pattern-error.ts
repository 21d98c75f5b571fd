/** Why a pattern was refused: it breaks the grammar, or one of the limits. */
export type PatternErrorCode = 'syntax' | 'too-long' | 'too-deep' | 'too-many-comparisons';

/** What a PatternError is made from; `line` and `column` are worked out from the text. */
export interface PatternErrorDetails {
  readonly code: PatternErrorCode;
  readonly text: string;
  readonly offset: number;
  /** What could have stood there, in words or quoted; empty when a limit was broken. */
  readonly expected?: readonly string[];
  /** What stands there instead, shortened; it is a piece of the pattern and as trustworthy as that. */
  readonly found?: string;
  /** The limit that was broken. */
  readonly limit?: number;
}

/**
 * The one error of this package. The message names the place as `line:column`;
 * both count from 1, columns in UTF-16 code units, as editors do.
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly code: PatternErrorCode;
  /** Position in the text, in UTF-16 code units from 0. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly expected: readonly string[];
  readonly found: string;

  constructor(details: PatternErrorDetails) {
    const { line, column } = locate(details.text, details.offset);
    super(describe(details, `${line}:${column}`));
    this.code = details.code;
    this.offset = details.offset;
    this.line = line;
    this.column = column;
    this.expected = details.expected ?? [];
    this.found = details.found ?? '';
  }
}

function describe(details: PatternErrorDetails, place: string): string {
  switch (details.code) {
    case 'syntax':
      return `expected ${alternatives(details.expected ?? [])} at ${place}, found ${details.found ?? 'something else'}`;
    case 'too-long':
      return `pattern of ${details.text.length} characters is longer than the limit of ${details.limit}`;
    case 'too-deep':
      return `pattern is nested deeper than the limit of ${details.limit} at ${place}`;
    case 'too-many-comparisons':
      return `pattern has more comparisons than the limit of ${details.limit} at ${place}`;
  }
}

function alternatives(expected: readonly string[]): string {
  if (expected.length < 2) return expected.join('');
  return `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}`;
}

/** Lines end with LF, CR LF or CR. Only errors pay for this walk. */
function locate(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at += 1) {
    const code = text.charCodeAt(at);
    const ends = code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a);
    if (ends) {
      line += 1;
      lineStart = at + 1;
    }
  }
  return { line, column: offset - lineStart + 1 };
}
