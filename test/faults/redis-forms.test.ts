/** The forms of Redis other than one open server: a Cluster, a user with a password, TLS. */
import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { asUser, ownKeysOnly, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startSentinels } from '../support/redis-sentinel.ts';
import { makeCertificates, startTlsRedis } from '../support/redis-tls.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

const LOGIN = { user: 'intel', password: 'p@ss' };

async function deliver(running: Pipeline): Promise<void> {
  pipeline = running;
  const processes = await Promise.all([
    running.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' }),
    running.worker(),
  ]);
  const feed = generateFeed({ events: 300, seed: 4, updateShare: 0.4, deleteShare: 0.1 });
  await running.opencti.play(feed, { ratePerSecond: 500 }).finished;
  await running.quiet();
  expect(differences(await running.compare())).toEqual(NONE);
  for (const one of processes) {
    expect(await one.end('SIGTERM')).toBe(0);
    expect(JSON.stringify(one.logs())).not.toContain('p%40ss');
    expect(JSON.stringify(one.logs())).not.toContain('p@ss');
  }
}

describe('deliveries over', { timeout: 60_000 }, () => {
  it('a Redis Cluster of three masters', async () => {
    await deliver(await startPipeline({ redis: await startRedisCluster() }));
  });

  it('a Redis with a user, a password and a database', async () => {
    const redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', ...ownKeysOnly(LOGIN));
    await admin.call('ACL', 'SETUSER', 'default', 'off');
    admin.disconnect();
    const url = `${asUser(redis.url, LOGIN)}/3`;
    await deliver(await startPipeline({ redis: { ...redis, url } }));
  });

  it('TLS with a private authority, and a user with a password', async () => {
    const certificates = makeCertificates();
    try {
      const redis = await startTlsRedis(certificates, LOGIN);
      await deliver(await startPipeline({ redis }));
    } finally {
      certificates.remove();
    }
  });
});

describe('deliveries over Sentinel', { timeout: 60_000 }, () => {
  it('by TLS, to the sentinels and to the servers', async () => {
    const certificates = makeCertificates();
    try {
      await deliver(await startPipeline({ redis: await startSentinels(certificates) }));
    } finally {
      certificates.remove();
    }
  });
});

describe('a Redis by TLS', { timeout: 60_000 }, () => {
  it('that cannot be trusted, or takes not this password, is told in words, and nothing is sent to it', async () => {
    const certificates = makeCertificates();
    try {
      const redis = await startTlsRedis(certificates, LOGIN);
      pipeline = await startPipeline({ redis });
      const wrong = await pipeline.worker({ REDIS_CA_FILE: certificates.otherCaFile });
      const none = await pipeline.worker({ REDIS_CA_FILE: '' });
      const expected = [
        [wrong, /signed by nobody who is trusted here; REDIS_CA_FILE/],
        [none, /signed by nobody who is trusted here; REDIS_CA_FILE/],
      ] as const;
      for (const [worker, words] of expected) {
        const line = await until('it says what it waits for', () =>
          worker.logs().find(({ msg }) => msg === 'waiting for Redis'),
        );
        expect(line.reason).toMatch(words);
        expect(line.level).toBe('warn');
        // It waits, so that a certificate that is put right needs no restart.
        expect(await worker.end('SIGTERM')).toBe(0);
      }
      const refused = await pipeline.worker({ REDIS_URL: redis.url.replace('p%40ss', 'wr%40ng') });
      const told = await until('it says that the password is refused', () =>
        refused.logs().find(({ msg }) => msg === 'cannot start' || msg === 'waiting for Redis'),
      );
      expect(told.reason).toMatch(/does not take the user and the password in REDIS_URL/);
      expect(JSON.stringify(refused.logs())).not.toMatch(/wr(%40|@)ng/);
      // Unchecked, by the operator's own wish.
      const trusting = await pipeline.worker({
        ...{ REDIS_CA_FILE: certificates.otherCaFile, REDIS_SSL_VERIFY: 'false' },
      });
      await until('it is ready', async () => {
        const ready = await fetch(`${trusting.metricsUrl}/readyz`).catch(() => null);
        return ready?.status === 200;
      });
    } finally {
      certificates.remove();
    }
  });
});
