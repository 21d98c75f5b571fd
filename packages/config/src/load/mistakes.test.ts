import { describe, expect, it } from 'vitest';
import { INGEST, problemsOf, WORKER } from '../testing/load.ts';

describe('placeholders', () => {
  it.each(['ChangeMe', 'changeme', 'CHANGE_ME', 'change-me', '<changeme>'])(
    '%s is refused by name',
    (word) => {
      const problems = problemsOf('worker', { ...WORKER, XSOAR_KEY: word, XSOAR_KEY_ID: word });
      expect(problems).toHaveLength(2);
      expect(problems[0]).toMatch(/^XSOAR_KEY_ID=".*" \(environment\): is still a placeholder/);
      expect(problems[1]).toMatch(/^XSOAR_KEY=".*" \(environment\): is still a placeholder/);
    },
  );
});

describe('mistakes', () => {
  it('are all told at once, with value, source and what is expected', () => {
    const env = {
      ...WORKER,
      METRICS_PORT: 'abc',
      XSOAR_SSL_VERIFY: 'maybe',
      SHUTDOWN_TIMEOUT: '5x',
    };
    const files = { '/app/config.yml': 'metrics:\n  enable: 7\nconnector:\n  consumer_count: 0\n' };
    expect(problemsOf('worker', env, files)).toEqual([
      'XSOAR_SSL_VERIFY="maybe" (environment): expected true or false, or the path of a file with CA certificates',
      'CONNECTOR_CONSUMER_COUNT="0" (config.yml:4): expected a whole number from 1 to 1000',
      'METRICS_ENABLE="7" (config.yml:2): expected true or false (also yes/no, on/off, 1/0)',
      'METRICS_PORT="abc" (environment): expected a port number from 0 (any free port) to 65535',
      'SHUTDOWN_TIMEOUT="5x" (environment): expected a duration such as 500ms, 30s, 5m, 2h or 7d (a plain number means seconds)',
    ]);
  });

  it('cannot disturb the terminal that shows them', () => {
    const [problem = ''] = problemsOf('worker', { ...WORKER, METRICS_PORT: '\u001b[2J\u009b\n' });
    expect(problem).toContain('\\u001b[2J\\u009b');
    expect(
      problemsOf('worker', { ...WORKER, METRICS_PORT: 'x'.repeat(9_999) })[0]?.length,
    ).toBeLessThan(300);
  });

  it.each([
    [
      'ingest',
      { PENDING_LOW_WATER: '100000' },
      'PENDING_LOW_WATER="100000" (environment): expected less than PENDING_HIGH_WATER',
    ],
    [
      'ingest',
      { REDIS_MEMORY_LOW_WATER: '0.9' },
      'REDIS_MEMORY_LOW_WATER="0.9" (environment): expected less than REDIS_MEMORY_HIGH_WATER',
    ],
    [
      'worker',
      { DELIVERY_BACKOFF_MIN: '6m' },
      'DELIVERY_BACKOFF_MIN="6m" (environment): expected at most DELIVERY_BACKOFF_MAX',
    ],
    [
      'worker',
      { HOLD_BACKOFF_MIN: '2m' },
      'HOLD_BACKOFF_MIN="2m" (environment): expected at most HOLD_BACKOFF_MAX',
    ],
    [
      'worker',
      { XSOAR_TIMEOUT: '3m' },
      'DELIVERY_TIMEOUT="1m": expected at least XSOAR_TIMEOUT (3m): a delivery has one request or more',
    ],
    [
      'worker',
      { XSOAR_KEY_ID: '', XSOAR_API: '8' },
      'XSOAR_KEY_ID: is not set; XSOAR_API=8 needs the id of the key',
    ],
    [
      'worker',
      { XSOAR_KEY_ID: '', XSOAR_KEY_TYPE: 'advanced' },
      'XSOAR_KEY_ID: is not set; an advanced key needs its id (XSOAR_KEY_TYPE=advanced)',
    ],
    [
      'board',
      { BOARD_ADDR: '0.0.0.0' },
      'BOARD_PASSWORD: is not set; a board that others can reach (BOARD_ADDR=0.0.0.0) needs BOARD_USER and BOARD_PASSWORD',
    ],
    ['board', { BOARD_USER: 'soc' }, 'BOARD_PASSWORD: is not set, but BOARD_USER is'],
    [
      'board',
      { BOARD_PASSWORD: 'pw' },
      'BOARD_PASSWORD (environment): is set, but BOARD_USER is not',
    ],
    [
      'board',
      { METRICS_ENABLE: 'true', BOARD_PORT: '9113' },
      'BOARD_PORT="9113" (environment): expected another port than METRICS_PORT',
    ],
  ] as const)('between variables are told to the %s: %o', (role, extra, message) => {
    expect(problemsOf(role, { ...INGEST, ...WORKER, ...extra })).toEqual([message]);
  });

  it('between variables do not echo a mistake in one of them', () => {
    expect(problemsOf('ingest', { ...INGEST, PENDING_HIGH_WATER: 'many' })).toHaveLength(1);
  });
});
