import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; `n` counts them from 0. */
export type Handler = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A server for one test. */
export interface TestServer {
  url: string;
  /** Every request so far, in order. */
  requests: IncomingMessage[];
  /** Open sockets. */
  sockets(): Promise<number>;
  close(): Promise<void>;
}

/** Starts an HTTP server on a free port of the loopback. */
export async function startServer(handler: Handler, port = 0): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    response.on('error', () => {});
    requests.push(request);
    handler(request, response, requests.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sockets: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The text of one SSE event as OpenCTI writes it. */
export function sse(name: string, id: string | null, data: unknown): string {
  const idLine = id === null ? '' : `id: ${id}\n`;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${idLine}event: ${name}\ndata: ${text}\n\n`;
}

/** Starts an answer that is an event stream. */
export function startStream(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
  });
  response.flushHeaders();
}

/** An indicator as OpenCTI exports it, cut down to what this package looks at. */
export function indicator(entityId: string, more: Record<string, unknown> = {}) {
  return {
    id: `indicator--${entityId}`,
    spec_version: '2.1',
    type: 'indicator',
    extensions: {
      'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': {
        extension_type: 'property-extension',
        id: entityId,
        type: 'Indicator',
      },
    },
    name: '203.0.113.77',
    pattern: "[ipv4-addr:value = '203.0.113.77']",
    pattern_type: 'stix',
    ...more,
  };
}

/** The JSON of a live data event. */
export function change(type: string, data: unknown, more: Record<string, unknown> = {}) {
  return { version: '4', type, scope: 'external', message: 'm', origin: {}, data, ...more };
}
