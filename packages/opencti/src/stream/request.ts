import { requestHeaders } from '../request-headers.ts';
import { platformUrl } from '../url.ts';
import type { CompiledOptions, StreamPosition } from './options.ts';

/** The HTTP request of one stream connection. */
export interface StreamRequest {
  url: URL;
  headers: Record<string, string>;
}

/**
 * Builds the request (names and values as OpenCTI's `sseMiddleware` reads them).
 *
 * The position goes into the `Last-Event-ID` header and nowhere else: `from` in the query would
 * win over it, and `recover` belongs into the query. Booleans are compared by the platform with
 * the exact lower-case words.
 *
 * @throws Error when `recover` comes without `from`: the platform would answer with an `error`
 *   event on a connection without end.
 */
export function buildStreamRequest(
  options: CompiledOptions,
  position: StreamPosition,
): StreamRequest {
  const url = platformUrl(options.url, 'stream', options.streamId);
  if (position.recover !== undefined) {
    if (position.from === '') throw new Error('catching up needs a start position');
    url.searchParams.set('recover', position.recover);
  }
  const headers = requestHeaders(options.headers, {
    accept: 'text/event-stream',
    'cache-control': 'no-cache',
    'user-agent': options.userAgent,
    authorization: `Bearer ${options.token}`,
    'listen-delete': String(options.listenDelete),
    'no-dependencies': String(options.noDependencies),
    'with-inferences': String(options.withInferences),
    'last-event-id': position.from,
  });
  // Sent empty it would still be a position; left out it means: from now on.
  if (position.from === '') delete headers['last-event-id'];
  return { url, headers };
}
