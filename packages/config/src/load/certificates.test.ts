import { rootCertificates } from 'node:tls';
import { expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

const [PEM = '', OTHER = ''] = rootCertificates;

/** Certificates of a worker, and what is wrong with them. */
function caOf(
  env: Record<string, string>,
  files: Record<string, string> = {},
  of: 'xsoar' | 'redis' = 'xsoar',
) {
  const loaded = loadConfig('worker', {
    env: { CONNECTOR_ID: 'c', XSOAR_URL: 'https://x', XSOAR_KEY: 'k', ...env },
    cwd: '/app',
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
      return text;
    },
  });
  return loaded.ok ? loaded.config[of].ca : loaded.problems.map(({ message }) => message);
}

it('has none unless a file is named', () => {
  expect(caOf({})).toBeNull();
});

it('reads the file, relative to the working directory', () => {
  expect(caOf({ XSOAR_CA_FILE: 'ca.pem' }, { '/app/ca.pem': PEM })).toBe(PEM);
});

it('takes the path in place of the boolean, as the Python connector does', () => {
  expect(caOf({ XSOAR_SSL_VERIFY: '/ca.pem' }, { '/ca.pem': PEM })).toBe(PEM);
});

it('takes HTTPS_CA_CERTIFICATES as text or path, below the file of its own', () => {
  expect(caOf({ HTTPS_CA_CERTIFICATES: PEM })).toBe(PEM);
  expect(caOf({ HTTPS_CA_CERTIFICATES: '/all.pem' }, { '/all.pem': PEM })).toBe(PEM);
  const files = { '/all.pem': PEM, '/own.pem': OTHER };
  expect(caOf({ HTTPS_CA_CERTIFICATES: '/all.pem', XSOAR_CA_FILE: '/own.pem' }, files)).toBe(OTHER);
});

it('has one for Redis, which HTTPS_CA_CERTIFICATES has nothing to do with', () => {
  const files = { '/ca.pem': PEM };
  expect(caOf({ REDIS_CA_FILE: '/ca.pem' }, files, 'redis')).toBe(PEM);
  expect(caOf({ REDIS_SSL_VERIFY: '/ca.pem' }, files, 'redis')).toBe(PEM);
  expect(caOf({ HTTPS_CA_CERTIFICATES: PEM }, files, 'redis')).toBeNull();
});

it('names the variable whose file is missing or has no certificates', () => {
  expect(caOf({ XSOAR_CA_FILE: '/ca.pem' })).toEqual([
    'XSOAR_CA_FILE="/ca.pem": expected a file that this process may read (ENOENT)',
  ]);
  for (const text of ['nothing', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
    expect(caOf({ XSOAR_CA_FILE: '/ca.pem' }, { '/ca.pem': text })).toEqual([
      'XSOAR_CA_FILE="/ca.pem": expected certificates in PEM ("-----BEGIN CERTIFICATE-----")',
    ]);
  }
});

it('never quotes a certificate that was pasted', () => {
  const pasted = '-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----';
  expect(String(caOf({ HTTPS_CA_CERTIFICATES: pasted }))).not.toContain('c2VjcmV0');
});
