import { excerpt } from './excerpt.ts';
import { continuesIdentifier, keywordOf, mayBeKeyword, startsIdentifier } from './keywords.ts';
import { isBase64, isDigit, isHexPairs, isTimestamp } from './literal-text.ts';
import { PatternError } from './pattern-error.ts';
import { removeEscapes } from './quoting.ts';
import {
  operatorLength,
  operatorOf,
  punctuationOf,
  type QuotedKind,
  quotedContent,
  type TokenKind,
} from './token.ts';
import { skipSpace } from './white-space.ts';

const quoteCode = 0x27;
const backslashCode = 0x5c;
const dotCode = 0x2e;

/**
 * Reads a pattern token by token, each character once, by character code and
 * without regular expressions. It stands on one token at a time: `kind`, `start`
 * and `end` describe it, `next()` moves on. No token objects are made, which is
 * most of the difference between this and a generated lexer.
 */
export class Scanner {
  readonly text: string;
  kind: TokenKind = 'end';
  /** Where the token begins. */
  start = 0;
  /** Where the token ends, exclusive. */
  end = 0;
  /** Whether the string token has escapes; those without cost one slice. */
  #escaped = false;

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  /** The token as it is written. */
  get word(): string {
    return this.text.slice(this.start, this.end);
  }

  /** What a string token means: without quotes and escapes. */
  get stringValue(): string {
    const raw = this.text.slice(this.start + 1, this.end - 1);
    return this.#escaped ? removeEscapes(raw) : raw;
  }

  /** What stands between the quotes of a hex, binary or timestamp token. */
  get quotedText(): string {
    return this.text.slice(this.start + 2, this.end - 1);
  }

  /** Whether it stands on a token of this kind. */
  is(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  /** Moves past the token if it is of this kind, else fails. */
  expect(kind: TokenKind, expected: readonly string[]): void {
    if (this.kind !== kind) this.fail(expected);
    this.next();
  }

  /** Refuses the token: `expected` says what could have stood here. */
  fail(expected: readonly string[]): never {
    return this.#failAt(this.start, this.end, expected);
  }

  /** Moves to the next token; stays at the end once it is reached. */
  next(): void {
    const { text } = this;
    const at = skipSpace(text, this.end);
    this.start = at;
    if (at < text.length) {
      this.kind = this.#scan(at);
    } else {
      this.start = text.length;
      this.end = text.length;
      // Only a comment that is never closed leads beyond the end.
      if (at > text.length) this.fail(['"*/"']);
      this.kind = 'end';
    }
  }

  /** Sets `end` to the end of the token at `at` and returns its kind. */
  #scan(at: number): TokenKind {
    const { text } = this;
    const code = text.charCodeAt(at);
    if (startsIdentifier(code)) return this.#scanWord(at, code);
    if (code === quoteCode) return this.#scanString(at);
    if (isDigit(code)) return this.#scanNumber(at);
    const punctuation = punctuationOf(code);
    if (punctuation !== undefined) {
      this.end = at + 1;
      return punctuation;
    }
    const after = text.charCodeAt(at + 1);
    const operator = operatorOf(code, after);
    if (operator !== undefined) {
      this.end = at + operatorLength(code, after);
      return operator;
    }
    // As in the official lexer `.5` is a number wherever it stands.
    if (code === dotCode && isDigit(after)) return this.#scanNumber(at);
    if (code === 0x2b || code === 0x2d) {
      const digits = after === dotCode ? text.charCodeAt(at + 2) : after;
      if (isDigit(digits)) return this.#scanNumber(at + 1);
    }
    // A whole character, so that no error shows half a surrogate pair.
    this.end = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    return code === dotCode ? '.' : 'invalid';
  }

  #scanWord(at: number, code: number): TokenKind {
    const { text } = this;
    let end = at + 1;
    if (text.charCodeAt(end) === quoteCode) {
      // h'..', b'..' and t'..' are one token: no space before the quote.
      if (code === 0x68) return this.#scanQuoted('hex', isHexPairs);
      if (code === 0x62) return this.#scanQuoted('binary', isBase64);
      if (code === 0x74) return this.#scanQuoted('timestamp', isTimestamp);
    }
    while (continuesIdentifier(text.charCodeAt(end))) end += 1;
    this.end = end;
    if (!mayBeKeyword(code, end - at)) return 'identifier';
    return keywordOf(text.slice(at, end)) ?? 'identifier';
  }

  #scanString(at: number): TokenKind {
    const { text } = this;
    this.#escaped = false;
    let end = at + 1;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === quoteCode) {
        this.end = end + 1;
        return 'string';
      }
      if (code === backslashCode) {
        const escaped = text.charCodeAt(end + 1);
        if (escaped !== quoteCode && escaped !== backslashCode) {
          this.#failAt(end, end + 2, ['"\\\'"', '"\\\\"']);
        }
        this.#escaped = true;
        end += 1;
      }
      end += 1;
    }
    return this.#failAt(text.length, text.length, ['a closing quote']);
  }

  #scanQuoted(kind: QuotedKind, isValid: (text: string) => boolean): TokenKind {
    const { text, start } = this;
    const close = text.indexOf("'", start + 2);
    if (close === -1) this.#failAt(text.length, text.length, ['a closing quote']);
    this.end = close + 1;
    if (!isValid(this.quotedText)) this.fail([quotedContent[kind]]);
    return kind;
  }

  /** `digits` is where the number begins after its sign, if it has one. */
  #scanNumber(digits: number): TokenKind {
    const { text } = this;
    const whole = endOfDigits(text, digits);
    if (text.charCodeAt(whole) === dotCode && isDigit(text.charCodeAt(whole + 1))) {
      this.end = endOfDigits(text, whole + 1);
      return 'float';
    }
    this.end = whole;
    if (whole - digits > 1 && text.charCodeAt(digits) === 0x30) {
      this.fail(['a number without leading zeros']);
    }
    return 'integer';
  }

  #failAt(start: number, end: number, expected: readonly string[]): never {
    throw new PatternError({
      code: 'syntax',
      text: this.text,
      offset: start,
      expected,
      found: excerpt(this.text, start, end),
    });
  }
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}
