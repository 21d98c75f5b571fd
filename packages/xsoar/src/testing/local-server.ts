import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createXsoarClient } from '../create-client.ts';
import type { XsoarClient, XsoarOptions } from '../xsoar-client.ts';

/** A request as a server of a test has read it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** Answers one request; `count` begins at 1. */
export type Answerer = (request: SeenRequest, response: ServerResponse, count: number) => void;

/** A server of one test. */
export interface LocalServer {
  origin: string;
  port: number;
  /** All requests so far. */
  seen: SeenRequest[];
  server: Server;
}

/** Starts a server that is closed, with its connections, when the test ends. */
export async function startServer(
  answer: Answerer,
  tls?: { key: string; cert: string },
): Promise<LocalServer> {
  const seen: SeenRequest[] = [];
  const listener = (
    request: import('node:http').IncomingMessage,
    response: ServerResponse,
  ): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      seen.push(one);
      answer(one, response, seen.length);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, seen, server };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The key that must never appear anywhere. */
export const SECRET_KEY = 'S3cret-Key-0123456789abcdef';

/** A client that is closed when the test ends. No proxy, whatever the environment says. */
export function connect(url: string, options: Partial<XsoarOptions> = {}): XsoarClient {
  const client = createXsoarClient({
    url,
    keyId: '17',
    key: SECRET_KEY,
    sslVerify: true,
    timeoutMs: 5000,
    connections: 5,
    userAgent: 'xsoar-intel/test',
    environment: {},
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** An indicator as a server answers it. */
export function ioc(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '114',
    version: 1,
    value: 'evil.example',
    indicator_type: 'Domain',
    score: 3,
    ...fields,
  };
}
