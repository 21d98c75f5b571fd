import type { Keyword } from './keywords.ts';

/** What a token is. Operators and keywords are kinds of their own, in canonical spelling. */
export type TokenKind =
  | Keyword
  | '['
  | ']'
  | '('
  | ')'
  | ':'
  | '.'
  | ','
  | '*'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'identifier'
  | 'string'
  | 'integer'
  | 'float'
  | QuotedKind
  | 'invalid'
  | 'end';

/** Literals of a letter and quotes: `h'..'`, `b'..'`, `t'..'`. */
export type QuotedKind = 'hex' | 'binary' | 'timestamp';

/** What the text between the quotes has to be, in the words of an error. */
export const quotedContent: Readonly<Record<QuotedKind, string>> = {
  hex: "pairs of hex digits as in h'ffd8'",
  binary: "base64 as in b'dGVzdA=='",
  timestamp: "a timestamp as in t'2025-01-01T00:00:00Z'",
};

const byCode: (TokenKind | undefined)[] = new Array(128).fill(undefined);
for (const sign of ['[', ']', '(', ')', ':', ',', '*'] as const) byCode[sign.charCodeAt(0)] = sign;

/** The token of a character that is one by itself, whatever follows it. */
export function punctuationOf(code: number): TokenKind | undefined {
  return code < 128 ? byCode[code] : undefined;
}

const equals = 0x3d;

/** The comparison operator that begins with `code`, given the character after it. */
export function operatorOf(code: number, after: number): TokenKind | undefined {
  switch (code) {
    case equals:
      return '=';
    case 0x21:
      return after === equals ? '!=' : undefined;
    case 0x3c:
      if (after === 0x3e) return '!=';
      return after === equals ? '<=' : '<';
    case 0x3e:
      return after === equals ? '>=' : '>';
    default:
      return undefined;
  }
}

/** Length of the operator as written: `==` is `=` and `<>` is `!=`. */
export function operatorLength(code: number, after: number): number {
  return after === equals || (code === 0x3c && after === 0x3e) ? 2 : 1;
}
