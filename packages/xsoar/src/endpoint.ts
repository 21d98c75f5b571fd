import type { XsoarApi } from './xsoar-client.ts';

/** Where requests go. */
export interface Endpoint {
  /** Scheme, host and port. */
  origin: string;
  /** Everything before the path of a call: of a proxy, of the API, of the tenant. No slash at the end. */
  basePath: string;
  api: XsoarApi;
}

/**
 * The three APIs put different prefixes before the same calls. XSOAR 8 publishes
 * `/xsoar/public/v1`; `/xsoar` is what Palo Alto's own client uses with the same
 * key; XSOAR 6 has no prefix (XSOAR swagger; demisto-py).
 */
const PREFIX: Record<XsoarApi, string> = {
  '8': '/xsoar/public/v1',
  '8-internal': '/xsoar',
  '6': '',
};

/**
 * What people paste behind the host, longest first.
 * `/acc_<name>` belongs to a child account of a multi-tenant XSOAR 6.
 */
const PASTED_PREFIXES = ['/xsoar/public/v1', '/xsoar'];

/**
 * Tidies the base URL that was configured and adds what the API wants before
 * each call. `api-` is not added to the host: customers put proxies in front.
 * @throws TypeError for a URL that cannot be one of XSOAR's
 */
export function resolveEndpoint(options: {
  url: string;
  keyId?: string;
  api?: 'auto' | XsoarApi;
  tenant?: string;
}): Endpoint {
  const url = parseBaseUrl(options.url);
  let path = withoutTrailingSlashes(url.pathname);
  let tenant = options.tenant?.replace(/^acc_/, '') ?? '';

  const pastedTenant = /\/acc_([^/]+)$/.exec(path)?.[1];
  if (pastedTenant !== undefined) {
    path = path.slice(0, -`/acc_${pastedTenant}`.length);
    if (tenant === '') tenant = decodeURIComponent(pastedTenant);
  }
  for (const prefix of PASTED_PREFIXES) {
    if (path.endsWith(prefix)) {
      path = withoutTrailingSlashes(path.slice(0, -prefix.length));
      break;
    }
  }

  const api =
    options.api === undefined || options.api === 'auto' ? (options.keyId ? '8' : '6') : options.api;
  const account = tenant === '' ? '' : `/acc_${encodeURIComponent(tenant)}`;
  return { origin: url.origin, basePath: `${path}${PREFIX[api]}${account}`, api };
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text.trim());
  // The text is not repeated: it may hold a password.
  if (url === null) throw new TypeError('The URL of XSOAR is no URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`The URL of XSOAR begins with ${url.protocol} instead of https:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('The URL of XSOAR holds a user name or a password; XSOAR takes only a key');
  }
  return url;
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
