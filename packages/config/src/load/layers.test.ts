import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INGEST, load, problemsOf, UUID, WORKER, works } from '../testing/load.ts';
import { variables } from '../variables/table.ts';

describe('layers', () => {
  it('take the environment before config.yml before the default, and remember which', () => {
    const file = 'connector:\n  name: From file\n  consumer_count: 7\n';
    const env = { ...WORKER, CONNECTOR_CONSUMER_COUNT: '9' };
    const { config, sources } = works('worker', env, { '/app/config.yml': file });
    expect(config.worker.consumerCount).toBe(9);
    expect(config.connector.name).toBe('From file');
    expect(config.worker.attempts).toBe(8);
    expect(sources.get('CONNECTOR_CONSUMER_COUNT')).toBe('environment');
    expect(sources.get('CONNECTOR_NAME')).toBe('config.yml:2');
    expect(sources.has('DELIVERY_ATTEMPTS')).toBe(false);
  });

  it('understand the sample file of the Python connector', () => {
    const file = [
      'opencti:',
      "  url: 'http://localhost:8080'",
      "  token: 'a-token'",
      'connector:',
      `  id: '${UUID}'`,
      "  type: 'STREAM'",
      "  live_stream_id: 'live' # id of the live stream",
      '  live_stream_listen_delete: true',
      '  live_stream_no_dependencies: no',
      "  name: 'PAN Cortex XSOAR Intel'",
      "  scope: 'xsoar'",
      "  log_level: 'warning'",
      '  consumer_count: 5',
      'xsoar:',
      "  url: 'https://api-xsoar.example'",
      '  key_id: 007',
      "  key: 'a-key'",
      'metrics:',
      '  enable: true',
      '  port: 9114',
      '  addr: 127.0.0.1',
    ].join('\n');
    const files = { '/app/config.yml': file };
    const ingest = works('ingest', {}, files);
    expect(ingest.config.opencti.token.reveal()).toBe('a-token');
    expect(ingest.config.stream).toMatchObject({ id: 'live', noDependencies: false });
    expect(ingest.config.log.level).toBe('warn');
    expect(ingest.config.metrics).toEqual({ enabled: true, address: '127.0.0.1', port: 9114 });
    const worker = works('worker', {}, files);
    expect(worker.config.xsoar.keyId).toBe('007');
    expect(ingest.notes.map(({ message }) => message)).toContain(
      'config.yml: connector.type has no effect here: it is always registered as STREAM',
    );
  });

  it('do without a config.yml, but not without one that was named', () => {
    expect(works('ingest', INGEST).config.connector.id).toBe(UUID);
    expect(problemsOf('ingest', INGEST, {}, 'my.yml')).toEqual([
      'my.yml: expected a file that this process may read (ENOENT)',
    ]);
  });

  it('take a variable that is set to nothing as the default, even over config.yml', () => {
    const file = 'xsoar:\n  tenant: Acme\n';
    const { config } = works(
      'worker',
      { ...WORKER, XSOAR_TENANT: '' },
      { '/app/config.yml': file },
    );
    expect(config.xsoar.tenant).toBeNull();
  });

  it('refuse a number that is set to nothing', () => {
    expect(problemsOf('worker', { ...WORKER, CONNECTOR_CONSUMER_COUNT: '' })).toEqual([
      'CONNECTOR_CONSUMER_COUNT="" (environment): expected a whole number from 1 to 1000',
    ]);
  });

  it('leave spaces around a value out', () => {
    expect(works('worker', { ...WORKER, XSOAR_API: ' 8 ' }).config.xsoar.api).toBe('8');
  });
});

describe('what a role needs', () => {
  it('is told all at once, with what is expected', () => {
    expect(problemsOf('ingest', {})).toEqual([
      'OPENCTI_URL: is not set; expected: Base URL of the OpenCTI platform',
      'OPENCTI_TOKEN: is not set, nor is OPENCTI_TOKEN_FILE; expected: API token of an OpenCTI user that may read the stream and register connectors',
      'CONNECTOR_ID: is not set; expected: Identity of this connector in OpenCTI and the prefix of all its keys in Redis',
      'CONNECTOR_LIVE_STREAM_ID: is not set; expected: Id of the live stream, from Data sharing in OpenCTI',
    ]);
  });

  it('is no secret of the other end, and such a secret is not kept', () => {
    const everything = { ...INGEST, ...WORKER };
    expect(works('worker', everything).config.opencti.token).toBeNull();
    expect(works('ingest', everything).config.xsoar.key).toBeNull();
    expect(works('worker', { ...WORKER, OPENCTI_TOKEN: 'ChangeMe' }).ok).toBe(true);
    expect(works('operator', { CONNECTOR_ID: UUID }).config.redis.url.reveal()).toBe(
      'redis://127.0.0.1:6379',
    );
    expect(works('explain', {}).ok).toBe(true);
  });

  it('of several roles is what any of them needs', () => {
    const loaded = load(['ingest', 'worker'], { ...INGEST, ...WORKER });
    expect(loaded.ok && loaded.config.opencti.token.reveal()).toBe('opencti-s3cret');
    expect(loaded.ok && loaded.config.xsoar.key.reveal()).toBe('xsoar-s3cret');
    expect(problemsOf(['ingest', 'worker'], INGEST)).toHaveLength(2);
  });
});

describe('what programs get', () => {
  it('are numbers in milliseconds, bytes and shares', () => {
    const { config } = works('ingest', {
      ...INGEST,
      STREAM_SILENCE_TIMEOUT: '1m',
      STREAM_MAX_EVENT_SIZE: '1MiB',
      REDIS_MEMORY_HIGH_WATER: '75%',
      DELIVERY_TIMEOUT: '60',
      DELIVERY_LEASE_MARGIN: '5s',
    });
    expect(config.stream).toMatchObject({ silenceMs: 60_000, maxEventBytes: 1_048_576 });
    expect(config.ingest.waterMarks.memoryHigh).toBe(0.75);
    expect(config.slots.leaseMs).toBe(65_000);
  });

  it('starts where the operator said, and catches up to now unless told otherwise', () => {
    const first = (extra: Record<string, string>) =>
      works('ingest', { ...INGEST, ...extra }).config.stream.first;
    expect(first({})).toEqual({ startAt: null, recoverUntil: 'now' });
    expect(
      first({
        CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '1767225600000',
        CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: '2026-02-01T00:00:00Z',
      }),
    ).toEqual({
      startAt: { kind: 'at', ms: 1_767_225_600_000 },
      recoverUntil: { kind: 'at', ms: Date.parse('2026-02-01') },
    });
    expect(
      first({
        CONNECTOR_LIVE_STREAM_START_TIMESTAMP: 'P30D',
        CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'None',
      }),
    ).toEqual({ startAt: { kind: 'ago', ms: 30 * 86_400_000 }, recoverUntil: null });
    expect(
      first({
        CONNECTOR_LIVE_STREAM_RECOVER: 'false',
        CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: '2026-02-01',
      }),
    ).toEqual({ startAt: null, recoverUntil: null });
  });

  it('has what the Python connector put into XSOAR as the default', () => {
    const { config } = works('worker', { ...WORKER, CONNECTOR_NAME: 'Mine' });
    expect(config.mapping.source).toBe('OpenCTI Mine');
    expect(config.mapping.scoreThresholds).toEqual({ good: 0, suspicious: 30, bad: 60 });
    expect('defaultConfidence' in config.mapping).toBe(false);
    expect(
      works('worker', { ...WORKER, XSOAR_SOURCE: 'S', OPENCTI_URL: 'https://o/' }).config.mapping,
    ).toMatchObject({ source: 'S', openctiUrl: 'https://o' });
  });

  it('has a list of values never to push from a file, comments left out', () => {
    const files = { '/app/never': '# ours\nexample.com\n\n192.0.2.0/24, Value\n' };
    const { config } = works('worker', { ...WORKER, FILTER_NEVER_PUSH_FILE: 'never' }, files);
    expect(config.filter.neverPush).toEqual(['example.com', '192.0.2.0/24', 'Value']);
  });

  it('is complete whatever a single variable is set to', () => {
    const values = fc.oneof(fc.string(), fc.constantFrom('', '0', 'true', '-1', '5s', 'a,b'));
    fc.assert(
      fc.property(fc.constantFrom(...variables), values, ({ name }, value) => {
        const loaded = load('worker', { ...WORKER, [name]: value });
        if (loaded.ok) expect(Object.values(loaded.config)).not.toContain(undefined);
        else expect(loaded.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
