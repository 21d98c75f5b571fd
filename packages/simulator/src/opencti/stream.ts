import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Connection, createConnection } from './connection.ts';
import { formatId } from './event-id.ts';
import type { WrittenEvent } from './fake.ts';
import type { Platform } from './platform.ts';
import { readStreamRequest, type StreamRequest } from './request.ts';
import { isRunning, type Settings } from './settings.ts';

/** Everything that a stream endpoint needs from the rest of the platform. */
export interface StreamContext {
  platform: Platform;
  settings: Settings;
  streamId: string;
  now: () => number;
  heartbeatMs: number;
  blockMs: number;
  consumerMetrics: boolean;
  backPressure: boolean;
  /** Whether the answer has the platform's clock as its `Date`. */
  tellsDate: boolean;
  sentLimit: number;
  sentLifeMs: number;
  onWritten?: (event: WrittenEvent) => void;
  /** Open connections; a connection takes itself out when it ends. */
  connections: Set<Connection>;
}

const unauthenticated = 'You are not authenticated, please check your credentials';
const unauthorized = 'You are not authorized, please check your credentials';

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerToken(request: IncomingMessage): string | null {
  const match = /^Bearer (.+)$/.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

/** Why the stream is refused: a status and a reason phrase, the body stays empty. Null: it is not. */
function refusal(
  context: StreamContext,
  id: string,
  token: string | null,
): { status: number; reason: string } | null {
  const { settings } = context;
  const authentic = token === settings.token;
  if (id !== context.streamId || !settings.exists) return { status: 401, reason: unauthorized };
  // Before any authentication, as on the platform.
  if (!isRunning(settings, context.now()))
    return { status: 410, reason: 'This live stream is stopped' };
  if (!authentic) return { status: 401, reason: unauthenticated };
  return ['BYPASS' as const, 'TAXIIAPI' as const].some((one) => settings.capabilities.includes(one))
    ? null
    : { status: 401, reason: unauthorized };
}

function connected(context: StreamContext, connectionId: string): string {
  const { first, last } = context.platform.bounds();
  const { log } = context.platform;
  return `event: connected\ndata: ${JSON.stringify({
    lastEventId: formatId(last),
    firstEventId: formatId(first),
    firstEventDate: new Date(first.ms).toISOString(),
    lastEventDate: new Date(last.ms).toISOString(),
    streamSize: log.next - log.first,
    connectionId,
  })}\n\n`;
}

/** Which recovery a request gets: the dates, none, or why not. */
function recoveryOf(
  request: StreamRequest,
  settings: Settings,
): { fromMs: number; untilMs: number } | null | 'no-start' | 'no-recover' {
  if (request.recoverMs === null) return null;
  if (request.start === null) return 'no-start';
  const fromMs = request.start.dateMs;
  if (fromMs === null || request.recoverMs <= fromMs) return null;
  return settings.originFilters ? 'no-recover' : { fromMs, untilMs: request.recoverMs };
}

const eventStream = {
  Connection: 'keep-alive',
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-cache, no-transform',
};

/** Serves `GET /stream/:id` until the connection ends. */
export async function serveStream(
  context: StreamContext,
  id: string,
  query: URLSearchParams,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusal(context, id, bearerToken(incoming));
  if (refused) {
    response.writeHead(refused.status, refused.reason, { 'content-length': 0 });
    response.end();
    return;
  }
  const { settings } = context;
  const request = readStreamRequest(query, incoming.headers);
  const left = new AbortController();
  response.once('close', () => left.abort());
  await settings.stall.pass(left.signal);
  if (left.signal.aborted) return;

  const recovery = recoveryOf(request, settings);
  if (recovery === 'no-start') {
    // The platform fails before it has said what the body is, and leaves it open.
    response.writeHead(200);
    const message = 'Recovery mode is only possible with a start date.';
    response.write(`event: error\ndata: ${JSON.stringify({ stream: id, message })}\n\n`);
    return;
  }
  const connectionId = randomUUID();
  response.sendDate = false;
  const date = context.tellsDate ? { Date: new Date(context.now()).toUTCString() } : {};
  response.writeHead(200, { ...eventStream, ...date });
  response.write(connected(context, connectionId));
  let start = request.start;
  if (recovery === 'no-recover' && request.recoverMs !== null) {
    const position = formatId({ ms: request.recoverMs, seq: 0 });
    start = { position, dateMs: request.recoverMs };
    const message =
      'Recovery is disabled for a stream with origin filters; only live events will follow.';
    const data = JSON.stringify({ stream: id, message, resume_from: position });
    response.write(`id: ${Math.floor(context.now())}-0\nevent: no-recover\ndata: ${data}\n\n`);
  }
  const connection = createConnection({
    ...context,
    id: connectionId,
    request: { ...request, start },
    response,
  });
  context.connections.add(connection);
  try {
    if (settings.errorsAtStart > 0) {
      settings.errorsAtStart -= 1;
      connection.breakWith('Error in stream: simulated');
    }
    await connection.run(recovery === 'no-recover' ? null : recovery);
  } finally {
    context.connections.delete(connection);
  }
}
