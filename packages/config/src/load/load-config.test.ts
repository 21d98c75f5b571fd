import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeConfig, formatSettings } from '../describe.ts';
import type { Role } from '../role.ts';
import { variables } from '../variables/table.ts';
import { loadConfig } from './load-config.ts';

const NOW = Date.parse('2026-08-20T12:00:00Z');
const UUID = '0f5c2d6e-3f0b-4c59-9b40-6f3a3f4de2a1';

const INGEST = {
  OPENCTI_URL: 'https://opencti.example',
  OPENCTI_TOKEN: 'opencti-s3cret',
  CONNECTOR_ID: UUID,
  CONNECTOR_LIVE_STREAM_ID: 'stream-1',
};
const WORKER = {
  CONNECTOR_ID: UUID,
  XSOAR_URL: 'https://api-xsoar.example',
  XSOAR_KEY_ID: '12',
  XSOAR_KEY: 'xsoar-s3cret',
};

/** Files by absolute path; the working directory is /app. */
type Files = Record<string, string>;

function load<R extends Role>(
  role: R | readonly R[],
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  return loadConfig(role, {
    env,
    cwd: '/app',
    now: NOW,
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
      return text;
    },
    ...(configFile === undefined ? {} : { configFile }),
  });
}

function works<R extends Role>(
  role: R,
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  const loaded = load(role, env, files, configFile);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded;
}

function problemsOf(
  role: Role | readonly Role[],
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  const loaded = load(role, env, files, configFile);
  expect(loaded.ok).toBe(false);
  return loaded.ok ? [] : loaded.problems.map(({ message }) => message);
}

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

describe('secrets', () => {
  it('come from a file, one line break at its end left out', () => {
    const { XSOAR_KEY: _, ...env } = WORKER;
    for (const end of ['', '\n', '\r\n']) {
      const loaded = works(
        'worker',
        { ...env, XSOAR_KEY_FILE: 'secrets/key' },
        { '/app/secrets/key': `from-file${end}` },
      );
      expect(loaded.config.xsoar.key.reveal()).toBe('from-file');
      expect(loaded.sources.get('XSOAR_KEY')).toBe('XSOAR_KEY_FILE=secrets/key');
    }
  });

  it('may be named as a file in config.yml too, below the environment', () => {
    const files = {
      '/app/config.yml': 'xsoar:\n  key_file: /run/key\n',
      '/run/key': 'from-file\n',
    };
    const { XSOAR_KEY, ...env } = WORKER;
    expect(works('worker', env, files).config.xsoar.key.reveal()).toBe('from-file');
    expect(works('worker', { ...env, XSOAR_KEY }, files).config.xsoar.key.reveal()).toBe(XSOAR_KEY);
  });

  it('given twice are a mistake, unless one is empty', () => {
    const both = { ...WORKER, XSOAR_KEY_FILE: '/run/key' };
    const files = { '/run/key': 'from-file' };
    expect(problemsOf('worker', both, files)).toEqual([
      'XSOAR_KEY (environment): set it or XSOAR_KEY_FILE, not both',
    ]);
    const twice = { '/app/config.yml': 'xsoar:\n  key: a\n  key_file: /run/key\n', ...files };
    expect(problemsOf('worker', { ...WORKER, XSOAR_KEY: '' }, twice)).toEqual([
      'xsoar.key (config.yml:2): set it or xsoar.key_file, not both',
    ]);
    expect(works('worker', { ...both, XSOAR_KEY: '' }, files).config.xsoar.key.reveal()).toBe(
      'from-file',
    );
    expect(works('worker', { ...both, XSOAR_KEY_FILE: '' }).ok).toBe(true);
  });

  it('whose file cannot be used are one problem, not two', () => {
    const { XSOAR_KEY: _, ...rest } = WORKER;
    const env = { ...rest, XSOAR_KEY_FILE: '/run/key' };
    expect(problemsOf('worker', env)).toEqual([
      'XSOAR_KEY_FILE="/run/key" (environment): expected a file that this process may read (ENOENT)',
    ]);
    expect(problemsOf('worker', env, { '/run/key': '\n' })).toEqual([
      'XSOAR_KEY_FILE="/run/key" (environment): expected a file with a value, this one is empty',
    ]);
    expect(problemsOf('worker', env, { '/run/key': 'two\nlines' })).toEqual([
      'XSOAR_KEY (XSOAR_KEY_FILE=/run/key): expected one line without control characters',
    ]);
  });

  it('are in nothing that is printed', () => {
    const env = {
      ...INGEST,
      ...WORKER,
      REDIS_URL: 'redis://user:redis-s3cret@redis:6379',
      OPENCTI_CUSTOM_HEADERS: 'X-Gate:header-s3cret',
      BOARD_USER: 'soc',
      BOARD_PASSWORD: 'board-s3cret',
    };
    const roles: Role[] = ['ingest', 'worker', 'board', 'operator', 'explain'];
    for (const role of roles) {
      const loaded = works(role, env);
      const table = formatSettings(describeConfig(loaded));
      expect(inspect(loaded, { depth: 9 }) + JSON.stringify(loaded) + table).not.toContain(
        's3cret',
      );
      if (role !== 'explain') expect(table).toContain('redis://***@redis:6379');
    }
  });

  it('that are wrong are not quoted', () => {
    const env = {
      ...WORKER,
      XSOAR_KEY: 's3cret\nline',
      REDIS_URL: 'http://user:s3cret@redis',
      XSOAR_URL: 'https://user:s3cret@xsoar?key=s3cret',
    };
    const problems = problemsOf('worker', env);
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).not.toContain('s3cret');
  });
});

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
      'DELIVERY_TIMEOUT="2m": expected at least XSOAR_TIMEOUT (3m): a delivery has one request or more',
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

describe('config.yml', () => {
  const withFile = (text: string) => load('worker', WORKER, { '/app/config.yml': text });
  const notesOf = (text: string) => withFile(text).notes.map(({ message }) => message);
  const complaints = (text: string) => {
    const loaded = withFile(text);
    return loaded.ok ? [] : loaded.problems.map(({ message }) => message);
  };

  it('may be empty, or have sections without keys', () => {
    for (const text of ['', '# nothing\n', '~', 'xsoar:\n', 'xsoar: {}\n']) {
      expect(withFile(text).ok).toBe(true);
    }
  });

  it('may have keys without a value, which mean the default', () => {
    const loaded = withFile('xsoar:\n  tenant:\n  timeout: ~\n  api: ""\n');
    expect(loaded.ok && loaded.config.xsoar).toMatchObject({
      tenant: null,
      timeoutMs: 30_000,
      api: 'auto',
    });
  });

  it('keeps the text that plain values were written with', () => {
    const { XSOAR_KEY: _, XSOAR_KEY_ID: __, ...env } = WORKER;
    const file = 'xsoar:\n  key: 12e3\n  key_id: 12345678901234567890\n';
    const { config } = works('worker', env, { '/app/config.yml': file });
    expect(config.xsoar.key.reveal()).toBe('12e3');
    expect(config.xsoar.keyId).toBe('12345678901234567890');
  });

  it('may have YAML lists where lists are expected, and anchors', () => {
    const loaded = withFile(
      'filter:\n  labels_include: [a, b]\n  labels_exclude: &x\n    - c\n  pattern_types: *x\n',
    );
    expect(loaded.ok && loaded.config.filter).toMatchObject({
      labelsInclude: ['a', 'b'],
      labelsExclude: ['c'],
      patternTypes: ['c'],
    });
    expect(complaints('xsoar:\n  tenant: [a]\n')).toEqual([
      'xsoar.tenant (config.yml:2): expected a single value, not a list',
    ]);
  });

  it('is warned about for keys that mean nothing, with what was meant', () => {
    expect(notesOf('xsoar:\n  keyid: 1\n')).toEqual([
      'config.yml: xsoar.keyid is unknown; did you mean xsoar.key_id?',
    ]);
    expect(notesOf('xsor:\n  key: 1\n')).toEqual([
      'config.yml: the section "xsor" is unknown; did you mean "xsoar"?',
    ]);
    expect(notesOf('something:\n  else: 1\n')).toEqual([
      'config.yml: the section "something" is unknown',
    ]);
  });

  it('is a problem where it is no YAML, without quoting it', () => {
    expect(complaints('xsoar:\n  key: *s3cret\n')).toEqual([
      'xsoar.key (config.yml:2): a text that begins with * needs quotes in YAML',
    ]);
    expect(complaints('xsoar:\n  key: "s3cret\n').join()).not.toContain('s3cret');
    expect(complaints('a: 1\na: 2\n')).toEqual(['config.yml: is no YAML: duplicate key at 2:1']);
  });

  it('is a problem where its shape is wrong', () => {
    expect(complaints('- a\n')[0]).toContain('expected sections');
    expect(complaints('xsoar: 5\n')).toEqual(['xsoar (config.yml): expected keys below "xsoar:"']);
    expect(complaints('xsoar:\n  url:\n    host: a\n')).toEqual([
      'xsoar.url (config.yml): expected a single value, not a section',
    ]);
  });

  it('never changes a prototype or throws, whatever is in it', () => {
    const keys = [
      '__proto__',
      'constructor',
      'prototype',
      'xsoar',
      'key',
      'url',
      'a: b',
      '*',
      '&a',
    ];
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('1', '~', 'x', '[a]', '*a', '&a b', '{', '"'),
        fc.dictionary(fc.constantFrom(...keys), tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((node) => JSON.stringify(node)),
          fc.string(),
        ),
        (text) => {
          withFile(text);
          expect(Object.keys(Object.prototype)).toEqual([]);
          expect('url' in {}).toBe(false);
        },
      ),
    );
  });
});

describe('notes', () => {
  const notesOf = (role: Role, env: Record<string, string>) =>
    load(role, env).notes.map(({ message }) => message);

  it('tell of names in the environment that look like one of ours mistyped', () => {
    expect(notesOf('worker', { ...WORKER, METRICS_ADDRESS: '::1', XSOAR_KEYFILE: '/x' })).toEqual([
      'METRICS_ADDRESS is unknown; did you mean METRICS_ADDR?',
      'XSOAR_KEYFILE is unknown; did you mean XSOAR_KEY_FILE?',
    ]);
    expect(notesOf('worker', { ...WORKER, XSOAR_URL_FILE: '/x' })).toEqual([
      'XSOAR_URL_FILE has no effect: XSOAR_URL is no secret and is set directly',
    ]);
  });

  it('leave the environment of others alone', () => {
    const others = {
      PATH: '/bin',
      REDIS_SERVICE_HOST: '10.0.0.1',
      REDIS_PORT_6379_TCP: 'tcp://10.0.0.1:6379',
      XSOAR_INTEL_WORKER_SERVICE_PORT: '9113',
      CONNECTOR: 'x',
    };
    expect(notesOf('worker', { ...WORKER, ...others })).toEqual([]);
  });

  it('tell of variables that only the Python connector has', () => {
    expect(notesOf('worker', { ...WORKER, CONNECTOR_TYPE: 'STREAM' })).toEqual([
      'CONNECTOR_TYPE has no effect here: it is always registered as STREAM',
    ]);
  });

  it('tell what is probably not meant so', () => {
    const quiet = { ...INGEST, OPENCTI_SSL_VERIFY: 'true' };
    expect(notesOf('ingest', quiet)).toEqual([]);
    expect(notesOf('ingest', INGEST)[0]).toContain('the Python connector did not do');
    expect(notesOf('ingest', { ...quiet, OPENCTI_SSL_VERIFY: 'no' })[0]).toContain('is off');
    expect(notesOf('ingest', { ...quiet, CONNECTOR_ID: 'xsoar-1' })[0]).toContain('no UUID');
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://opencti:8080' })[0]).toContain('TLS');
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://127.0.0.1:1' })).toEqual([]);
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://[::1]:1' })).toEqual([]);
    expect(
      notesOf('ingest', { ...quiet, CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '2099-01-01' })[0],
    ).toContain('future');
    expect(notesOf('worker', { ...WORKER, XSOAR_URL: 'http://xsoar' })[0]).toContain('TLS');
    expect(
      notesOf('worker', { ...WORKER, XSOAR_URL: 'https://t.xdr.eu.paloaltonetworks.com' })[0],
    ).toContain('"api-"');
    expect(notesOf('worker', { ...WORKER, XSOAR_KEY_ID: '' })[0]).toContain('XSOAR 6');
    expect(notesOf('worker', { ...WORKER, FILTER_PATTERN_TYPES: 'yara' })[0]).toContain('stix');
    expect(notesOf('worker', { ...WORKER, DELIVERY_LATE_WINDOW: '5s' })[0]).toContain(
      'XSOAR_TIMEOUT',
    );
    expect(notesOf('board', { ...WORKER, BOARD_ACTIONS: 'yes' })[0]).toContain('BOARD_USER');
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
    ).toEqual({ startAt: 1_767_225_600_000, recoverUntil: Date.parse('2026-02-01') });
    expect(
      first({
        CONNECTOR_LIVE_STREAM_START_TIMESTAMP: 'P30D',
        CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'None',
      }),
    ).toEqual({ startAt: NOW - 30 * 86_400_000, recoverUntil: null });
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
