import { loadConfig, parseDuration, variables } from '@xsoar-intel/config';
import { describe, expect, it } from 'vitest';
import { commandLine, filesBelow, knownVariables, read } from './files.ts';

/** The values of each key of a unit; most keys may stand several times. */
function unitOf(file: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [, key = '', value = ''] of read(file).matchAll(/^([A-Za-z]+)=(.*)$/gm)) {
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

const units = filesBelow('deploy/systemd', '.service').map((file) => {
  const unit = unitOf(file);
  const [command = '', ...rest] =
    (unit.get('ExecStart')?.[0] ?? '').split('.mjs ')[1]?.split(' ') ?? [];
  const environment = Object.fromEntries(
    (unit.get('Environment') ?? []).flatMap((line) =>
      line.split(' ').map((pair) => {
        const [name = '', value = ''] = pair.split('=');
        return [name, value.replaceAll('%i', '1')] as const;
      }),
    ),
  );
  return { file, unit, command, rest, environment };
});

describe.each(units)('$file', ({ unit, command, rest, environment }) => {
  it('starts a command that exists, with options that exist', () => {
    expect(commandLine.commands).toContain(command);
    expect(unit.get('ExecStart')?.[0]).toContain(
      '/opt/xsoar-intel/packages/cli/bin/xsoar-intel.mjs',
    );
    for (const word of rest.filter((one) => one.startsWith('--'))) {
      expect(commandLine.options).toContain(word);
    }
  });

  it('sets variables that exist, and has a configuration that works with config.yml.sample', () => {
    const { NODE_ENV, ...ours } = environment;
    expect(NODE_ENV).toBe('production');
    expect(Object.keys(ours).filter((name) => !knownVariables.has(name))).toEqual([]);

    const credentials = (unit.get('LoadCredential') ?? []).map((line) => line.split(':')[0]);
    const sample = read('config.yml.sample')
      // Secrets are credentials of the unit.
      .replaceAll(/^ {2}(token|key|password): ChangeMe\n/gm, '')
      .replaceAll('url: ChangeMe', 'url: https://a.example')
      .replaceAll('ChangeMe', 'abc')
      .replace('# user: soc', 'user: soc');
    const loaded = loadConfig(command as 'ingest' | 'worker' | 'board', {
      env: ours,
      cwd: '/opt/xsoar-intel',
      configFile: '/etc/xsoar-intel/config.yml',
      readFile(path) {
        if (path === '/etc/xsoar-intel/config.yml') return sample;
        const name = /%d\/([a-z-]+)$/.exec(path)?.[1];
        if (!credentials.includes(name)) throw Object.assign(new Error(path), { code: 'ENOENT' });
        return name === 'redis-url' ? 'redis://127.0.0.1:6379' : 'secret';
      },
    });
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });

  it('is given longer to end than it takes, and not started again with a wrong configuration', () => {
    const shutdown = variables.find(({ name }) => name === 'SHUTDOWN_TIMEOUT')?.default ?? '';
    const stopMs = Number(unit.get('TimeoutStopSec')?.[0]) * 1_000;
    expect(stopMs).toBeGreaterThan(parseDuration(shutdown) ?? Number.POSITIVE_INFINITY);
    expect(unit.get('RestartPreventExitStatus')).toEqual(['78']);
  });

  it('runs without rights', () => {
    for (const [key, value] of [
      ['DynamicUser', 'yes'],
      ['NoNewPrivileges', 'yes'],
      ['CapabilityBoundingSet', ''],
      ['ProtectSystem', 'strict'],
    ] as const) {
      expect(unit.get(key), key).toEqual([value]);
    }
  });
});

it('there is a unit for each program, with a port of its own', () => {
  expect(units.map(({ command }) => command).toSorted()).toEqual(['board', 'ingest', 'worker']);
  expect(new Set(units.map(({ environment }) => environment.METRICS_PORT)).size).toBe(3);
});
