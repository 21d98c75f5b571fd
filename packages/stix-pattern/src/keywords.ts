/** The reserved words. They are written exactly so: `and` and `TRUE` are no keywords. */
export type Keyword =
  | 'AND'
  | 'OR'
  | 'NOT'
  | 'FOLLOWEDBY'
  | 'LIKE'
  | 'MATCHES'
  | 'ISSUPERSET'
  | 'ISSUBSET'
  | 'EXISTS'
  | 'LAST'
  | 'IN'
  | 'START'
  | 'STOP'
  | 'SECONDS'
  | 'true'
  | 'false'
  | 'WITHIN'
  | 'REPEATS'
  | 'TIMES';

const words: readonly Keyword[] = [
  'AND',
  'OR',
  'NOT',
  'FOLLOWEDBY',
  'LIKE',
  'MATCHES',
  'ISSUPERSET',
  'ISSUBSET',
  'EXISTS',
  // Reserved by the official grammar, which gives it no meaning.
  'LAST',
  'IN',
  'START',
  'STOP',
  'SECONDS',
  'true',
  'false',
  'WITHIN',
  'REPEATS',
  'TIMES',
];

// A Map: a word of the pattern must never be looked up on a plain object.
const byWord: ReadonlyMap<string, Keyword> = new Map(words.map((word) => [word, word]));

/** The keyword that `word` is, if it is one. */
export function keywordOf(word: string): Keyword | undefined {
  return byWord.get(word);
}

/**
 * Whether a word with this first character code and length can be a keyword: all
 * but `true` and `false` are upper case, and types and properties hardly ever are,
 * so that few words have to be cut out of the text and looked up.
 */
export function mayBeKeyword(first: number, length: number): boolean {
  if (length < 2 || length > 10) return false;
  return first < 0x5b || first === 0x74 || first === 0x66;
}

const letter = 1;
const digit = 2;
const hyphen = 3;

/** Class of each ASCII character within an identifier; 0 ends it. */
const identifierClasses = new Uint8Array(128);
for (let code = 0x61; code <= 0x7a; code += 1) identifierClasses[code] = letter;
for (let code = 0x41; code <= 0x5a; code += 1) identifierClasses[code] = letter;
identifierClasses[0x5f] = letter;
for (let code = 0x30; code <= 0x39; code += 1) identifierClasses[code] = digit;
identifierClasses[0x2d] = hyphen;

/** Letters and `_`. */
export function startsIdentifier(code: number): boolean {
  return code < 128 && identifierClasses[code] === letter;
}

/** Letters, digits, `_` and `-`. */
export function continuesIdentifier(code: number): boolean {
  return code < 128 && identifierClasses[code] !== 0;
}

/** Whether a property may be written without quotes: an identifier without hyphen, not reserved. */
export function isPlainStep(name: string): boolean {
  if (!startsIdentifier(name.charCodeAt(0))) return false;
  for (let at = 1; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (code >= 128 || (identifierClasses[code] !== letter && identifierClasses[code] !== digit)) {
      return false;
    }
  }
  return byWord.get(name) === undefined;
}
