/** What went wrong below HTTP, in words for an operator. Never holds headers or credentials. */
export interface NetworkProblem {
  /** Code of Node or undici, such as `ECONNREFUSED`; `UNKNOWN` when there is none. */
  code: string;
  words: string;
}

const untrusted = 'its certificate is not trusted: give the CA by OPENCTI_CA_FILE';
const byCode = new Map<string, string>([
  ['ECONNREFUSED', 'nothing listens there (connection refused)'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was reset'],
  ['UND_ERR_SOCKET', 'the other side closed the connection'],
  ['ENOTFOUND', 'the host name is unknown'],
  ['EAI_AGAIN', 'the host name cannot be looked up at the moment'],
  ['ETIMEDOUT', 'no connection in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stopped in the middle'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['HPE_INVALID_CONSTANT', 'what answers does not speak HTTP'],
  [
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'what answers does not speak TLS (https:// where http:// is meant?)',
  ],
  ['EPROTO', 'what answers does not speak TLS (https:// where http:// is meant?)'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', untrusted],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet (is the clock right?)'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name'],
]);

/**
 * Describes an error of a request. Walks down the causes, since fetch, undici and Node each wrap
 * what the layer below said; the deepest code that we know says the most.
 */
export function describeNetworkError(error: unknown): NetworkProblem {
  let code = 'UNKNOWN';
  let message = '';
  let known: NetworkProblem | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const own = 'code' in current && typeof current.code === 'string' ? current.code : undefined;
    if (own !== undefined) {
      if (code === 'UNKNOWN') code = own;
      const words = byCode.get(own);
      if (words !== undefined) known = { code: own, words };
    }
    if (current.message !== '') message = current.message;
    // An AggregateError lists one error per address that was tried; they say the same.
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined);
  }
  return known ?? { code, words: message.slice(0, 200) || 'the request failed' };
}
