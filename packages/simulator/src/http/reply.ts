/**
 * An HTTP answer as a value: routes compute it, and only the transport (see
 * `deliver.ts`) writes it. That keeps routes testable without a socket and lets
 * a fault spoil any answer in one place.
 */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** The body as it goes out; an empty string means `Content-Length: 0`. */
  body: string;
}

/** A JSON answer; `value` must be serialisable. */
export function jsonReply(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** An HTML page, as a web application or a proxy answers where an API was expected. */
export function htmlReply(status: number, title: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html><head><title>${title}</title></head><body><div id="app">${title}</div></body></html>`,
  };
}

/** No body and no content type. */
export function emptyReply(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: '' };
}
