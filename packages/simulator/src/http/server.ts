import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** Where a fake server listens. */
export interface ListenOptions {
  /** TCP port; 0 (the default) takes a free one. */
  port?: number;
  /** Address to bind; 127.0.0.1 by default, so that nothing is exposed by accident. */
  address?: string;
  /** PEM texts; when given the server speaks HTTPS. */
  tls?: { key: string; cert: string };
}

/** A server that listens. `close` also cuts every open connection. */
export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

/**
 * Starts an HTTP(S) server. A handler that throws is answered with 500 and the
 * message: the simulator's own defects must be seen, not look like a timeout.
 * Rejects when the port is taken.
 */
export function listen(options: ListenOptions, handler: RequestHandler): Promise<Listening> {
  const sockets = new Set<Socket>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const failed = (error: unknown): void => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`simulator: ${error instanceof Error ? error.message : String(error)}`);
    };
    try {
      const work = handler(request, response);
      if (work) work.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  const server = options.tls ? createTlsServer(options.tls, onRequest) : createServer(onRequest);
  // A pooled client must not lose a request to an idle timeout of the server.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Resets are part of the game here and belong to the connection alone.
    socket.on('error', () => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1', () => {
      server.removeListener('error', reject);
      const { port, address, family } = server.address() as AddressInfo;
      const host = family === 'IPv6' ? `[${address === '::' ? '::1' : address}]` : address;
      const name = host === '0.0.0.0' ? '127.0.0.1' : host;
      resolve({
        url: `${options.tls ? 'https' : 'http'}://${name}:${port}`,
        port,
        close: () =>
          new Promise<void>((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
