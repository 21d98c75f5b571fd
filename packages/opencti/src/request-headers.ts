/**
 * Headers of a request: an operator's own ones, over which the client's always win, whatever the
 * case they are written in. A second `Authorization` would make both invalid.
 *
 * @returns names in lower case.
 */
export function requestHeaders(
  extra: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const headers = new Map<string, string>();
  for (const source of [extra, own]) {
    for (const [name, value] of Object.entries(source)) headers.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(headers);
}
