// What stands between brackets in defanged text, and what it means.
const tokens = new Map([
  ['.', '.'],
  ['dot', '.'],
  [':', ':'],
  ['://', '://'],
  ['/', '/'],
  ['@', '@'],
  ['at', '@'],
]);

const longestToken = 3;

const closing = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);

// Brackets in brackets (`[[.]]`) take a pass each; more than this nobody writes.
const mostPasses = 8;

/**
 * Undoes brackets that keep an address from being clicked: `evil[.]com`, `bob[at]evil(dot)com`.
 * Other brackets stay, so IPv6 hosts in URLs and paths such as `/a[1]` are safe. Linear in the text.
 */
export function refang(text: string): string {
  let result = text;
  for (let pass = 0; pass < mostPasses && hasBracket(result); pass += 1) {
    const next = refangOnce(result);
    if (next === result) break;
    result = next;
  }
  return result;
}

function refangOnce(text: string): string {
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const end = closing.get(text.charAt(at));
    if (end === undefined) continue;
    const close = text.slice(at + 1, at + longestToken + 2).indexOf(end);
    if (close < 1) continue;
    const meaning = tokens.get(text.slice(at + 1, at + 1 + close).toLowerCase());
    if (meaning === undefined) continue;
    result += text.slice(from, at) + meaning;
    at += close + 1;
    from = at + 1;
  }
  return from === 0 ? text : result + text.slice(from);
}

function hasBracket(text: string): boolean {
  return text.includes('[') || text.includes('(') || text.includes('{');
}

// Schemes written so that they do not work, by their first letters.
const defangedSchemes = new Map([
  ['hxxp', 'http'],
  ['hxxps', 'https'],
  ['h**p', 'http'],
  ['h**ps', 'https'],
  ['hxtp', 'http'],
  ['hxtps', 'https'],
  ['htxp', 'http'],
  ['htxps', 'https'],
  ['fxp', 'ftp'],
  ['fxps', 'ftps'],
]);

/** The scheme in lower case, with `hxxp` and its like put right. */
export function refangScheme(scheme: string): string {
  const lower = scheme.toLowerCase();
  return defangedSchemes.get(lower) ?? lower;
}
