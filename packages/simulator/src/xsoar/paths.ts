import { emptyReply, htmlReply, jsonReply, type Reply } from '../http/reply.ts';

/** What a request asks for, by our short names; faults and counters use them too. */
export type XsoarOperation =
  | 'create'
  | 'edit'
  | 'delete'
  | 'search'
  | 'whitelist'
  | 'feed'
  | 'about'
  | 'types'
  | 'fields'
  | 'exclusions'
  | 'exclude'
  | 'include'
  | 'health';

/** Which XSOAR this is: it decides which URLs lead to the API. */
export type Product = '8' | '6' | 'any';

/** The three shapes of an API URL. */
export type UrlShape = 'public' | 'internal' | '6';

export type Resolved =
  | { operation: XsoarOperation; shape: UrlShape; tenant: string }
  /** The URL leads elsewhere; this is what comes back from there. */
  | { elsewhere: Reply };

const calls: ReadonlyMap<string, { operation: XsoarOperation; published: boolean }> = new Map([
  ['POST /indicator/create', { operation: 'create', published: true }],
  ['POST /indicator/edit', { operation: 'edit', published: true }],
  ['POST /indicators/batchDelete', { operation: 'delete', published: true }],
  ['POST /indicators/search', { operation: 'search', published: true }],
  ['GET /incidentfields', { operation: 'fields', published: true }],
  // Known from the internal prefix only.
  ['POST /indicator/whitelist', { operation: 'whitelist', published: false }],
  ['POST /indicators/feed/json', { operation: 'feed', published: false }],
  ['GET /about', { operation: 'about', published: false }],
  ['GET /reputation', { operation: 'types', published: false }],
  ['GET /indicators/whitelisted', { operation: 'exclusions', published: false }],
  ['POST /indicators/whitelist/update', { operation: 'exclude', published: false }],
  ['POST /indicators/whitelist/remove', { operation: 'include', published: false }],
] as const);

function call(method: string, path: string) {
  const tenant = /^\/acc_([^/]+)(\/.*)$/.exec(path);
  const rest = tenant?.[2] ?? path;
  return { found: calls.get(`${method} ${rest}`), tenant: tenant?.[1] ?? '', rest };
}

/** What is not published on the public prefix is sent to the web application. */
export const unpublished: Reply = { status: 303, headers: { location: '/' }, body: '' };

function onEight(method: string, path: string): Resolved | null {
  const publicPath = /^\/xsoar\/public\/v1(\/.*)$/.exec(path)?.[1];
  if (publicPath !== undefined) {
    const { found, tenant } = call(method, publicPath);
    if (found?.published) return { operation: found.operation, shape: 'public', tenant };
    return { elsewhere: unpublished };
  }
  const internal = /^\/xsoar(\/.*)$/.exec(path)?.[1];
  if (internal === undefined) return null;
  const { found, tenant } = call(method, internal);
  if (found) return { operation: found.operation, shape: 'internal', tenant };
  return { elsewhere: htmlReply(200, 'Cortex XSOAR') };
}

/** Where requests lead on this product; remembers the few paths that are really used. */
export function createPathResolver(product: Product): (method: string, path: string) => Resolved {
  const known = new Map<string, Resolved>();
  return (method, path) => {
    const key = `${method} ${path}`;
    const resolved = known.get(key) ?? resolvePath(product, method, path);
    if (known.size < 100) known.set(key, resolved);
    return resolved;
  };
}

function resolvePath(product: Product, method: string, path: string): Resolved {
  if (product !== '6') {
    const resolved = onEight(method, path);
    if (resolved) return resolved;
    if (path === '/public_api/v1/healthcheck')
      return { operation: 'health', shape: 'public', tenant: '' };
    if (path.startsWith('/public_api/v1/indicators'))
      return { elsewhere: gatewayError(402, 'License is inactive') };
    if (product === '8') {
      const api =
        path.startsWith('/indicator') || path.startsWith('/api/webapp') || path.startsWith('/acc_');
      return { elsewhere: api ? emptyReply(500) : htmlReply(200, 'Cortex XSOAR') };
    }
  }
  const { found, tenant, rest } = call(method, path);
  if (found) return { operation: found.operation, shape: '6', tenant };
  // A wrong verb or path under the API is refused; everything else is the web application.
  const api = method === 'POST' && rest.startsWith('/indicator');
  return { elsewhere: api ? emptyReply(405) : htmlReply(200, 'Cortex XSOAR') };
}

/** The error body of the gateway in front of XSOAR 8. */
export function gatewayError(status: number, message: string): Reply {
  return jsonReply(status, { reply: { err_code: status, err_msg: message, err_extra: null } });
}

/** The error body of the XSOAR server itself. */
export function serverError(
  status: number,
  id: string,
  title: string,
  detail: string,
  error: string,
): Reply {
  return jsonReply(status, { id, status, title, detail, error, encrypted: false, multires: null });
}
