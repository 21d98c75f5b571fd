import { integer, path, share } from '../types/basic.ts';
import { bytes } from '../types/bytes.ts';
import { duration } from '../types/duration.ts';
import { trust } from '../types/trust.ts';
import { redisUrl } from '../types/urls.ts';
import { define } from './define.ts';

const everyone = ['ingest', 'worker', 'board', 'operator'] as const;
const both = ['ingest', 'worker'] as const;
/** Commands also put states back and give them up. */
const bothAndOperator = ['ingest', 'worker', 'operator'] as const;

/** Redis, the ingest's own settings and the worker's own settings. */
export const deliveryVariables = {
  REDIS_URL: define({
    group: 'Redis',
    path: 'redis.url',
    type: redisUrl,
    default: 'redis://127.0.0.1:6379',
    description:
      'Where Redis is: `redis://[user:password@]host:6379[/db]`, `rediss://` for TLS, `redis+sentinel://[user:password@]host:26379,host2:26379/master[/db]` (`rediss+sentinel://`: TLS to the sentinels too), or a comma list of URLs for Redis Cluster. It must not evict keys, and should have an append-only file.',
    example: 'rediss://xsoar-intel:password@redis.example.com:6380',
    secret: true,
    roles: everyone,
    requiredBy: everyone,
  }),
  REDIS_SSL_VERIFY: define({
    group: 'Redis',
    path: 'redis.ssl_verify',
    type: trust,
    default: 'true',
    description:
      'Whether the certificate of Redis is checked, where `REDIS_URL` says TLS. For a private CA set `REDIS_CA_FILE`.',
    roles: everyone,
  }),
  REDIS_CA_FILE: define({
    group: 'Redis',
    path: 'redis.ca_file',
    type: path,
    default: null,
    description:
      'File with CA certificates (PEM) that are trusted for Redis besides the public ones.',
    example: '/etc/ssl/private-ca.pem',
    roles: everyone,
  }),
  INGEST_BATCH_SIZE: define({
    group: 'Ingest and backpressure',
    path: 'ingest.batch_size',
    type: integer(1, 5_000),
    default: '50',
    description: 'Events per write into Redis.',
    roles: ['ingest'],
  }),
  INGEST_LEADER_TTL: define({
    group: 'Ingest and backpressure',
    path: 'ingest.leader_ttl',
    type: duration('2s', '1m'),
    default: '10s',
    description: 'After so long without a sign of life of the active ingest a stand-by takes over.',
    roles: ['ingest'],
  }),
  PENDING_HIGH_WATER: define({
    group: 'Ingest and backpressure',
    path: 'ingest.pending_high_water',
    type: integer(1, 100_000_000),
    default: '100000',
    description:
      'Undelivered entities at which the stream is no longer read. Each takes about 2.9 KB of Redis; OpenCTI keeps the stream meanwhile.',
    roles: ['ingest'],
  }),
  PENDING_LOW_WATER: define({
    group: 'Ingest and backpressure',
    path: 'ingest.pending_low_water',
    type: integer(0, 100_000_000),
    default: '80000',
    description: 'Undelivered entities below which it is read again.',
    roles: ['ingest'],
  }),
  REDIS_MEMORY_HIGH_WATER: define({
    group: 'Ingest and backpressure',
    path: 'ingest.redis_memory_high_water',
    type: share,
    default: '80%',
    description:
      'Share of Redis’ `maxmemory` at which the stream is no longer read. Without a `maxmemory` it is not looked at.',
    roles: ['ingest'],
  }),
  REDIS_MEMORY_LOW_WATER: define({
    group: 'Ingest and backpressure',
    path: 'ingest.redis_memory_low_water',
    type: share,
    default: '70%',
    description: 'Share below which it is read again.',
    roles: ['ingest'],
  }),
  CONNECTOR_CONSUMER_COUNT: define({
    group: 'Deliveries',
    path: 'connector.consumer_count',
    type: integer(1, 1_000),
    default: '5',
    description:
      'Writes to XSOAR at a time, in each worker process, which looks up the values of the next deliveries meanwhile.',
    python: true,
    roles: ['worker'],
  }),
  DELIVERY_ATTEMPTS: define({
    group: 'Deliveries',
    path: 'delivery.attempts',
    type: integer(1, 100),
    default: '8',
    description:
      'Attempts before a delivery becomes a dead letter. What is held (outage, credentials, 429) costs none.',
    roles: bothAndOperator,
  }),
  DELIVERY_BACKOFF_MIN: define({
    group: 'Deliveries',
    path: 'delivery.backoff_min',
    type: duration('10ms', '1h'),
    default: '1s',
    description: 'Wait after the first failed attempt; it doubles, with jitter.',
    roles: ['worker'],
  }),
  DELIVERY_BACKOFF_MAX: define({
    group: 'Deliveries',
    path: 'delivery.backoff_max',
    type: duration('10ms', '1d'),
    default: '5m',
    description: 'Longest wait between attempts.',
    roles: ['worker'],
  }),
  DELIVERY_DEBOUNCE: define({
    group: 'Deliveries',
    path: 'delivery.debounce',
    type: duration('0s', '1h'),
    default: '1500ms',
    description:
      'An indicator that changes again within so long of what was delivered is delivered when it has been quiet for so long, so that one that changes all the time is not pushed all the time. What is new goes at once, a delete within so long. `0` pushes each change.',
    roles: ['ingest'],
  }),
  DELIVERY_DEBOUNCE_MAX: define({
    group: 'Deliveries',
    path: 'delivery.debounce_max',
    type: duration('0s', '1d'),
    default: '1m',
    description: 'Longest that a change waits for others, with `DELIVERY_DEBOUNCE`.',
    roles: ['ingest'],
  }),
  DELIVERY_TIMEOUT: define({
    group: 'Deliveries',
    path: 'delivery.timeout',
    type: duration('1s', '1h'),
    default: '1m',
    description: 'Longest time for all requests of one delivery.',
    roles: both,
  }),
  DELIVERY_LEASE_MARGIN: define({
    group: 'Deliveries',
    path: 'delivery.lease_margin',
    type: duration('1s', '10m'),
    default: '10s',
    description:
      'How much longer than `DELIVERY_TIMEOUT` a worker’s lease on an entity lasts. Only a worker that died or froze lets it run out.',
    roles: both,
  }),
  DELIVERY_LATE_WINDOW: define({
    group: 'Deliveries',
    path: 'delivery.late_window',
    type: duration('1s', '1h'),
    default: '1m',
    description:
      'How long after a lost lease, or after a request without an answer, that request may still take effect in XSOAR. The state is pushed once more after it.',
    roles: both,
  }),
  DELIVERY_TOMBSTONE_TTL: define({
    group: 'Deliveries',
    path: 'delivery.tombstone_ttl',
    type: duration('1h', '3650d'),
    default: '30d',
    description:
      'How long an entity that was removed is remembered, so that an old event cannot bring it back.',
    roles: bothAndOperator,
  }),
  DELIVERY_JOB_LOCK: define({
    group: 'Deliveries',
    path: 'delivery.job_lock',
    type: duration('1s', '10m'),
    default: '30s',
    description:
      'After so long without a sign of life of a worker the queue gives its job to another.',
    roles: ['worker'],
  }),
  SWEEP_INTERVAL: define({
    group: 'Deliveries',
    path: 'delivery.sweep_interval',
    type: duration('100ms', '1h'),
    default: '15s',
    description: 'How often one of the workers looks for undelivered entities without a job.',
    roles: ['worker'],
  }),
  SWEEP_GRACE: define({
    group: 'Deliveries',
    path: 'delivery.sweep_grace',
    type: duration('100ms', '1d'),
    default: '1m',
    description: 'How long an entity may be without a job before it is given one.',
    roles: ['worker'],
  }),
  DEAD_LETTERS_MAX: define({
    group: 'Deliveries',
    path: 'delivery.dead_letters_max',
    type: integer(1, 10_000_000),
    default: '50000',
    description:
      'Most dead letters. Beyond it the oldest are dropped, which is logged and counted; `xsoar-intel resync --dropped` brings their indicators back from OpenCTI.',
    roles: ['worker'],
  }),
  DEAD_LETTERS_MAX_SIZE: define({
    group: 'Deliveries',
    path: 'delivery.dead_letters_max_size',
    type: bytes('10KiB', '1000GiB'),
    default: '256MiB',
    description: 'Most memory of Redis that dead letters may take, about.',
    roles: ['worker'],
  }),
  DEAD_LETTERS_MAX_AGE: define({
    group: 'Deliveries',
    path: 'delivery.dead_letters_max_age',
    type: duration('1s', '3650d'),
    default: '90d',
    description: 'Longest time that a dead letter is kept.',
    roles: ['worker'],
  }),
  CIRCUIT_FAILURES: define({
    group: 'Holds',
    path: 'hold.circuit_failures',
    type: integer(1, 10_000),
    default: '10',
    description:
      'Failures in a row, over all workers, that mean an outage of XSOAR: all deliveries are held, and one at a time probes.',
    roles: ['worker'],
  }),
  DELETE_GUARD_COUNT: define({
    group: 'Holds',
    path: 'hold.delete_guard_count',
    type: integer(1, 10_000_000),
    default: null,
    description:
      'Most deletes within `DELETE_GUARD_WINDOW`. From the next on deletes are held, and nothing else, until somebody runs `xsoar-intel resume --hold delete-storm`. Not set: no such bound. The same for all workers.',
    example: '1000',
    roles: ['worker'],
  }),
  DELETE_GUARD_SHARE: define({
    group: 'Holds',
    path: 'hold.delete_guard_share',
    type: share,
    default: null,
    description:
      'The same as a share of the indicators that are in XSOAR, but never less than 10 deletes. With both, the smaller number counts.',
    example: '5%',
    roles: ['worker'],
  }),
  DELETE_GUARD_WINDOW: define({
    group: 'Holds',
    path: 'hold.delete_guard_window',
    type: duration('1s', '30d'),
    default: '10m',
    description: 'Time over which deletes are counted.',
    roles: ['worker'],
  }),
  HOLD_BACKOFF_MIN: define({
    group: 'Holds',
    path: 'hold.backoff_min',
    type: duration('10ms', '1h'),
    default: '5s',
    description: 'Wait before the first probe of a hold; it doubles.',
    roles: ['worker'],
  }),
  HOLD_BACKOFF_MAX: define({
    group: 'Holds',
    path: 'hold.backoff_max',
    type: duration('10ms', '1d'),
    default: '1m',
    description: 'Longest wait between probes.',
    roles: ['worker'],
  }),
};
