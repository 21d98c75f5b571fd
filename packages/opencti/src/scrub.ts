/**
 * Makes foreign text fit for a log line: one line, bounded, and without the token, should a server
 * or a proxy repeat it to us.
 */
export function scrub(text: string, token: string, maxLength = 300): string {
  const bounded = text.slice(0, maxLength * 4);
  const hidden = token === '' ? bounded : bounded.replaceAll(token, '***');
  // biome would rather see no control characters here; they are what has to go.
  const line = Array.from(hidden, (char) => (char < ' ' || char === '\x7f' ? ' ' : char)).join('');
  return line.trim().slice(0, maxLength);
}
