import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeConfig, formatSettings } from '../describe.ts';
import type { Role } from '../role.ts';
import { INGEST, problemsOf, WORKER, works } from '../testing/load.ts';

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
