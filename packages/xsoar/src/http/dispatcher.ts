import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

/** How to reach a server. */
export interface DispatcherOptions {
  origin: string;
  /** Most connections at a time. */
  connections: number;
  /** For a connection, TLS included; ms. */
  connectTimeoutMs: number;
  /** False accepts any certificate. */
  sslVerify: boolean;
  /** PEM certificates to trust beside the system's. */
  ca?: string;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their lower case) are read. */
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The connections to XSOAR: a keep-alive pool, or the same behind a proxy.
 * HTTP/2 is not offered: with it the pool sends everything over one connection,
 * and a stall of that one stalls all.
 * @throws TypeError for certificates or a proxy that cannot be used
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const tls = { ...tlsOptions(options), allowH2: false };
  const pool = {
    connections: options.connections,
    allowH2: false,
    // undici's own timers are off: the exchange's one covers all phases.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const proxy = proxySettings(options.environment);
  if (proxy === null) {
    return new Pool(options.origin, {
      ...pool,
      connect: { ...tls, timeout: options.connectTimeoutMs },
    });
  }
  try {
    return new EnvHttpProxyAgent({
      ...pool,
      ...proxy,
      connect: { ...tls, timeout: options.connectTimeoutMs },
      connectTimeout: options.connectTimeoutMs,
      requestTls: tls,
      // A proxy inside the company is signed by the same private authority.
      proxyTls: tls,
    });
  } catch {
    // Its own error repeats the URL, password included.
    throw new TypeError('HTTPS_PROXY or HTTP_PROXY is no URL of a proxy');
  }
}

function tlsOptions({ sslVerify, ca }: DispatcherOptions): {
  rejectUnauthorized: boolean;
  secureContext?: SecureContext;
} {
  if (!sslVerify || ca === undefined) return { rejectUnauthorized: sslVerify };
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TypeError('The CA certificates for XSOAR hold no PEM certificate');
  }
  // Made once: reading the system's certificates takes milliseconds per connection.
  const secureContext = createSecureContext({ ca: [...getCACertificates('default'), ca] });
  return { rejectUnauthorized: true, secureContext };
}

/** Null where no proxy is set. Empty strings keep undici from reading the environment itself. */
function proxySettings(
  environment: DispatcherOptions['environment'],
): { httpProxy: string; httpsProxy: string; noProxy: string } | null {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? '';
  const httpProxy = read('HTTP_PROXY');
  // As everywhere: HTTPS_PROXY alone decides over https.
  const httpsProxy = read('HTTPS_PROXY');
  if (httpProxy === '' && httpsProxy === '') return null;
  return { httpProxy, httpsProxy, noProxy: read('NO_PROXY') };
}
