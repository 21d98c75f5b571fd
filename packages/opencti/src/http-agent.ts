import tls from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** How to reach a platform. */
export interface AgentOptions {
  /** false accepts any certificate. */
  sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  ca?: string;
  /** Greatest number of sockets to the platform. */
  connections: number;
}

/** How long a TCP and TLS connection may take, in milliseconds. */
export const connectTimeoutMs = 10_000;

/**
 * Sockets to OpenCTI: through `HTTPS_PROXY`/`HTTP_PROXY` unless `NO_PROXY` names the host, with a
 * private CA where one is given. The caller destroys it.
 *
 * HTTP/2 is left out: with several streams on one socket, not reading one of them would not stop
 * the socket, and that is what holds the platform back when we are full.
 *
 * @throws TypeError when a proxy variable is not a URL.
 */
export function createAgent(options: AgentOptions): Dispatcher {
  const trust = {
    rejectUnauthorized: options.sslVerify,
    // Node takes `ca` instead of its own list. Platforms behind a public certificate and proxies
    // with one must still work when a private CA is added.
    ...(options.ca === undefined ? {} : { ca: [...tls.getCACertificates('default'), options.ca] }),
  };
  try {
    return new EnvHttpProxyAgent({
      allowH2: false,
      connections: options.connections,
      connectTimeout: connectTimeoutMs,
      connect: trust,
      requestTls: trust,
      proxyTls: trust,
    });
  } catch {
    // The error would hold the address, and with it the password of the proxy.
    throw new TypeError('HTTPS_PROXY or HTTP_PROXY is not the URL of a proxy');
  }
}
