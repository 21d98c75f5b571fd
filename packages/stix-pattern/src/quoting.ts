const quoteCode = 0x27;
const backslashCode = 0x5c;

/** A string literal: in single quotes, with `\` before each quote and backslash. */
export function quote(value: string): string {
  let result = "'";
  let from = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === quoteCode || code === backslashCode) {
      result += `${value.slice(from, at)}\\`;
      from = at;
    }
  }
  return `${result}${value.slice(from)}'`;
}

/** The inverse for what stands between the quotes; the scanner has checked the escapes. */
export function removeEscapes(raw: string): string {
  let result = '';
  let from = 0;
  let at = raw.indexOf('\\');
  while (at !== -1) {
    result += raw.slice(from, at);
    from = at + 1;
    // The character after the backslash is taken as it is, be it a backslash too.
    at = raw.indexOf('\\', from + 1);
  }
  return result + raw.slice(from);
}
