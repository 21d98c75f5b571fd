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
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(options.headers))
    headers.set(name.toLowerCase(), value);
  headers.set('accept', 'text/event-stream');
  headers.set('cache-control', 'no-cache');
  headers.set('user-agent', options.userAgent);
  headers.set('authorization', `Bearer ${options.token}`);
  headers.set('listen-delete', String(options.listenDelete));
  headers.set('no-dependencies', String(options.noDependencies));
  headers.set('with-inferences', String(options.withInferences));
  headers.delete('last-event-id');
  if (position.from !== '') headers.set('last-event-id', position.from);
  return { url, headers: Object.fromEntries(headers) };
}
