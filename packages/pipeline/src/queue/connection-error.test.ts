import { describe, expect, it } from 'vitest';
import { explainRedisError } from './connection-error.ts';

const said = (code: string, message: string, tls = true): string =>
  explainRedisError(Object.assign(new Error(message), { code }), tls).message;

describe('an error of the connection to Redis', () => {
  it('says which variable names a private authority', () => {
    expect(said('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate')).toBe(
      'the certificate of Redis is signed by nobody who is trusted here; REDIS_CA_FILE names the authority (self-signed certificate)',
    );
  });

  it('tells a server without TLS by its silence or its answer, and a certificate of another name', () => {
    expect(said('ETIMEDOUT', 'connect ETIMEDOUT')).toContain('does not speak TLS there');
    expect(said('ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version')).toContain('does not speak TLS');
    expect(said('ERR_TLS_CERT_ALTNAME_INVALID', 'x')).toContain('another name');
    expect(said('CERT_HAS_EXPIRED', 'x')).toContain('expired');
  });

  it('says of a server that makes commands wait whether that passes', () => {
    expect(said('', "READONLY You can't write against a read only replica.")).toContain(
      'REDIS_URL has to lead to the master',
    );
    expect(said('', 'LOADING Redis is loading the dataset in memory')).toContain('ends by itself');
  });

  it('stays as it is where there is nothing to add', () => {
    const error = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
    expect(explainRedisError(error, false)).toBe(error);
  });

  it('keeps code and cause for those who look', () => {
    const error = new Error('WRONGPASS invalid username-password pair');
    const explained = explainRedisError(error, false);
    expect(explained.message).toContain('user and the password in REDIS_URL');
    expect(explained.cause).toBe(error);
    expect(explainRedisError(Object.assign(error, { code: 'X' }), false)).toMatchObject({
      code: 'X',
    });
  });
});
