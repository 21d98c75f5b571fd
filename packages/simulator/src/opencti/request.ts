import type { IncomingHttpHeaders } from 'node:http';
import { parseStartValue, type StartValue } from './position.ts';

/**
 * What a stream client asked for. A query parameter wins over a header; booleans
 * are exact, lower-case words; a parameter given twice is neither true nor false.
 */
export interface StreamRequest {
  /** Null: only events after the connection. */
  start: StartValue | null;
  recoverMs: number | null;
  noDependencies: boolean;
  listenDelete: boolean;
  withInferences: boolean;
}

function textOf(
  query: URLSearchParams,
  headers: IncomingHttpHeaders,
  parameter: string,
  ...names: string[]
): string | null {
  const given = query.getAll(parameter);
  // Twice given, a parameter becomes a list on the platform, which equals no text.
  if (given.length > 1) return '';
  if (given[0] !== undefined) return given[0];
  for (const name of names) {
    const header = headers[name];
    if (typeof header === 'string') return header;
  }
  return null;
}

export function readStreamRequest(
  query: URLSearchParams,
  headers: IncomingHttpHeaders,
): StreamRequest {
  const recover = parseStartValue(textOf(query, headers, 'recover', 'recover', 'recover-date'));
  const noDependencies =
    textOf(query, headers, 'no-dependencies', 'no-dependencies') ??
    textOf(query, headers, 'no-relationships', 'no-relationships');
  return {
    start: parseStartValue(textOf(query, headers, 'from', 'from', 'last-event-id')),
    recoverMs: recover?.dateMs ?? null,
    noDependencies: noDependencies === 'true',
    listenDelete: textOf(query, headers, 'listen-delete', 'listen-delete') !== 'false',
    withInferences: textOf(query, headers, 'with-inferences', 'with-inferences') === 'true',
  };
}
