import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  asUser,
  freePort,
  ownKeysOnly,
  startRedis,
  type TestLogin,
  type TestRedis,
} from './redis.ts';

/** A private authority, a certificate of its for 127.0.0.1, and an authority that has nothing to do with it. */
export interface TestCertificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly otherCaFile: string;
  remove(): void;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes them with openssl. */
export function makeCertificates(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'xsoar-intel-tls-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const authority = (name: string) =>
    openssl(
      ...['req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    );
  authority('ca');
  authority('other-ca');
  openssl(
    ...['req', ...KEY, '-subj', '/CN=redis'],
    ...['-keyout', file('redis.key'), '-out', file('redis.csr')],
  );
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', file('redis.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('names'), '-out', file('redis.pem')],
  );
  return {
    caFile: file('ca.pem'),
    certFile: file('redis.pem'),
    keyFile: file('redis.key'),
    otherCaFile: file('other-ca.pem'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Options of redis-server and redis-sentinel for TLS. */
export const tlsArguments = ({ caFile, certFile, keyFile }: TestCertificates): string[] => [
  ...['--tls-cert-file', certFile, '--tls-key-file', keyFile],
  ...['--tls-ca-cert-file', caFile, '--tls-auth-clients', 'no'],
];

/** A Redis that also speaks TLS, and asks for a user and a password; `url` is the way in by TLS. */
export async function startTlsRedis(
  certificates: TestCertificates,
  login: TestLogin,
): Promise<TestRedis> {
  const tlsPort = await freePort();
  const redis = await startRedis([
    ...['--tls-port', String(tlsPort), ...tlsArguments(certificates)],
    ...['--user', ...ownKeysOnly(login)],
  ]);
  return {
    ...redis,
    url: asUser(`rediss://127.0.0.1:${tlsPort}`, login),
    caFile: certificates.caFile,
    ca: readFileSync(certificates.caFile, 'utf8'),
  };
}
