import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from './redis-tls.ts';

/** A server by https whose authority nobody trusts. */
export interface UntrustedServer {
  readonly url: string;
  /** Requests that came through; none, if their senders look at the certificate. */
  readonly requests: number;
  close(): Promise<void>;
}

/** Starts such a server on a free port. */
export async function startUntrustedServer(): Promise<UntrustedServer> {
  const certificates = makeCertificates();
  let requests = 0;
  const server = createServer(
    { key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certFile) },
    (_request, response) => {
      requests += 1;
      response.end();
    },
  );
  certificates.remove();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
