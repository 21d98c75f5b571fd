/** Codes of Node's TLS and OpenSSL for a certificate that no trusted authority stands behind. */
const UNTRUSTED: readonly string[] = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
];

/** What to do about it, by the code of the error. */
function adviceOf(code: string, message: string, tls: boolean): string | null {
  if (UNTRUSTED.includes(code)) {
    return 'the certificate of Redis is signed by nobody who is trusted here; REDIS_CA_FILE names the authority';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'the certificate of Redis is for another name than the one in REDIS_URL';
  }
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate of Redis has expired';
  if (code.startsWith('ERR_SSL') || code === 'EPROTO' || (tls && code === 'ETIMEDOUT')) {
    // A server without TLS takes the handshake for an unfinished command, and waits for the rest.
    return 'Redis does not speak TLS there, as rediss:// in REDIS_URL wants it, or cannot be reached';
  }
  if (message.startsWith('READONLY')) {
    return 'Redis takes no writes, being a replica: after a failover this passes, else REDIS_URL has to lead to the master';
  }
  if (message.startsWith('LOADING')) return 'Redis is loading its data set, which ends by itself';
  if (message.startsWith('NOAUTH')) return 'Redis asks for a password, and REDIS_URL has none';
  if (message.startsWith('WRONGPASS')) {
    return 'Redis does not take the user and the password in REDIS_URL';
  }
  return null;
}

/** The error of a connection, with TLS or without, and what it means for `REDIS_URL` where that is known. */
export function explainRedisError(error: Error, tls: boolean): Error {
  const code = 'code' in error ? String(error.code) : '';
  const advice = adviceOf(code, error.message, tls);
  if (advice === null) return error;
  const explained = new Error(`${advice} (${error.message || code})`, { cause: error });
  return code === '' ? explained : Object.assign(explained, { code });
}
