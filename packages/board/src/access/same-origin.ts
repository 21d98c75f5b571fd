/** The headers by which a browser says where a request comes from. */
export interface RequestOrigin {
  method: string;
  /** `Sec-Fetch-Site` (Fetch Metadata); scripts cannot set it. */
  site: string | undefined;
  /** `Origin`, sent with every request that is not a GET or HEAD. */
  origin: string | undefined;
  host: string | undefined;
}

/**
 * Whether a request may change something as far as its origin goes (CSRF): the
 * browser sends the login along with requests that another site makes, so a
 * request that is not a mere look must prove that it comes from our own page.
 */
export function isSameOrigin({ method, site, origin, host }: RequestOrigin): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  // Hosts only: behind a proxy that ends TLS the scheme is not the one that we see.
  return new URL(origin).host === host.toLowerCase();
}
