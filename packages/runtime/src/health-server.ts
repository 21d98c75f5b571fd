import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { listen } from './listen.ts';

/** What the probes ask. */
export interface Health {
  /** Whether the process itself works (never whether Redis or XSOAR do). */
  alive(): boolean;
  /** Reasons why it is not ready; empty when it is. */
  reasons(): string[];
}

/** The HTTP side of a process. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** How to serve. */
export interface HealthServerOptions {
  address: string;
  /** 0: any free port. */
  port: number;
  registry: Registry;
  health: Health;
  /** How long a client may take for the head of its request, in ms. */
  headersTimeoutMs?: number;
}

/** Scrapers and probes are few; everybody else has to wait outside. */
const MAX_CONNECTIONS = 100;

/**
 * Serves `/metrics` (Prometheus), `/healthz` (200 while alive) and `/readyz`
 * (200 when ready, 503 with reasons when not). Rejects with a ListenError when
 * the port cannot be had.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { registry, health, headersTimeoutMs = 5_000 } = options;
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs * 2,
      // Both are only looked at this often; the default is half a minute.
      connectionsCheckingInterval: Math.max(headersTimeoutMs / 5, 50),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 8_192,
    },
    (request, response) => {
      answer(request, response, registry, health);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, {
    address: options.address,
    port: options.port,
    addressVariable: 'METRICS_ADDR',
    portVariable: 'METRICS_PORT',
  });
  // A connection that fails must not become an uncaught error of the process.
  server.on('error', () => {});
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  registry: Registry,
  health: Health,
): void {
  function send(status: number, type: string, body: string): void {
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
  const json = (status: number, body: object): void =>
    send(status, 'application/json', `${JSON.stringify(body)}\n`);

  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // Whatever it wants to send is not read.
    response.setHeader('Allow', 'GET, HEAD').setHeader('Connection', 'close');
    json(405, { error: 'only GET and HEAD' });
    return;
  }
  switch ((request.url ?? '/').split('?', 1)[0]) {
    case '/metrics':
      registry.metrics().then(
        (text) => send(200, registry.contentType, text),
        () => json(500, { error: 'the metrics cannot be collected' }),
      );
      return;
    case '/healthz': {
      const alive = health.alive();
      json(alive ? 200 : 503, { alive });
      return;
    }
    case '/readyz': {
      const reasons = health.reasons();
      json(reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
      return;
    }
    default:
      json(404, { error: 'there are /metrics, /healthz and /readyz' });
  }
}
