import { domainToUnicode } from 'node:url';

/**
 * The texts that a STIX pattern literally contains: its quoted strings, unescaped, and
 * its bare numbers. No parser: names of quoted path steps come out too, and nothing is
 * known of NOT or of operators. One pass, whatever the text.
 */
export function literalsOf(pattern: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === "'") {
      let text = '';
      at += 1;
      while (at < pattern.length && pattern.charAt(at) !== "'") {
        if (pattern.charAt(at) === '\\') at += 1;
        text += pattern.charAt(at);
        at += 1;
      }
      at += 1;
      found.push(text);
    } else if (/[0-9]/.test(char)) {
      const from = at;
      while (at < pattern.length && /[0-9]/.test(pattern.charAt(at))) at += 1;
      found.push(pattern.slice(from, at));
    } else {
      at += 1;
    }
  }
  return found;
}

const defanged: readonly [string, string][] = [
  ['[.]', '.'],
  ['(.)', '.'],
  ['{.}', '.'],
  ['[dot]', '.'],
  ['[:]', ':'],
  ['[://]', '://'],
  ['[@]', '@'],
  ['[at]', '@'],
  ['hxxp', 'http'],
  ['fxp:', 'ftp:'],
];

/**
 * One form for values that may be written in several ways without being others: case,
 * defanging, punycode, surrounding space, `AS` before the number of a network.
 */
export function canonicalValue(value: string): string {
  let text = value.trim().toLowerCase();
  for (const [from, to] of defanged) text = text.replaceAll(from, to);
  if (text.includes('xn--') && !text.includes('/')) text = domainToUnicode(text) || text;
  return /^as\d+$/.test(text) ? text.slice(2) : text;
}
