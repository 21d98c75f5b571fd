/**
 * The address of a path below the platform's URL, joined by exactly one slash. A base path
 * (`https://host/opencti`) is kept; user, password, query and fragment of the base are not, since
 * the token is the only credential and must not travel beside another one.
 *
 * @param segments path parts, each encoded here.
 * @throws TypeError when the base is not a URL.
 */
export function platformUrl(base: string, ...segments: string[]): URL {
  // Not by catching: the error of the constructor would hold the text, maybe with a password.
  if (!URL.canParse(base)) throw new TypeError('the URL of OpenCTI is not a URL');
  const url = new URL(base);
  const path = segments.map(encodeURIComponent).join('/');
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  return url;
}

/** An address fit for a log line: no user, password, query or fragment, and not endless. */
export function printableUrl(url: URL): string {
  return `${url.origin}${url.pathname}`.slice(0, 200);
}
