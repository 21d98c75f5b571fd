import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

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

/**
 * Serves `/metrics` (Prometheus), `/healthz` (200 while alive) and `/readyz`
 * (200 when ready, 503 with reasons when not). Rejects when the port is taken,
 * naming the variables that choose it.
 */
export async function startHealthServer(options: {
  address: string;
  port: number;
  registry: Registry;
  health: Health;
}): Promise<HealthServer> {
  const { registry, health } = options;
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, {
        'Content-Type': type,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'no-store',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const json = (status: number, body: object): void =>
      send(status, 'application/json', `${JSON.stringify(body)}\n`);

    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return json(405, { error: 'only GET' });
    }
    switch ((request.url ?? '/').split('?')[0]) {
      case '/metrics':
        registry.metrics().then(
          (text) => send(200, registry.contentType, text),
          (error: unknown) => json(500, { error: String(error) }),
        );
        return;
      case '/healthz':
        return json(health.alive() ? 200 : 503, { alive: health.alive() });
      case '/readyz': {
        const reasons = health.reasons();
        return json(reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
      }
      default:
        return json(404, { error: 'there are /metrics, /healthz and /readyz' });
    }
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 100;
  await listen(server, options.address, options.port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `cannot listen on ${address}:${port} for metrics and health (${error.code ?? error.message}): choose another METRICS_ADDR or METRICS_PORT`,
        ),
      );
    });
    server.listen(port, address, () => resolve());
  });
}
