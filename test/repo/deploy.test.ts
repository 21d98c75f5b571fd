import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ignoredVariables, loadConfig, variables } from '@xsoar-intel/config';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Service {
  command?: string[];
  environment?: Record<string, string>;
  profiles?: string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};
const demoValues = new Map(
  read('deploy/docker/demo.env')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')] as const;
    }),
);

/** Puts values into `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as compose does. */
function interpolate(text: string): string {
  return text.replace(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
    const value = demoValues.get(name);
    if (value) return value;
    if (kind === '?') throw new Error(`${name} is not set: ${rest}`);
    return rest ?? '';
  });
}

const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      interpolate(String(value)),
    ]),
  );

describe('docker-compose.yml', () => {
  it.each(['ingest', 'worker', 'board'] as const)(
    'starts the %s with a configuration that works',
    (role) => {
      const loaded = loadConfig(role, { env: environmentOf(role), cwd: '/nowhere' });
      expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
      expect(compose.services[role]?.command).toEqual([role]);
    },
  );

  it('sets only variables that exist', () => {
    const known = new Set<string>([
      ...variables.map(({ name }) => name),
      ...ignoredVariables.map(({ name }) => name),
    ]);
    const set = Object.values(compose.services).flatMap(({ environment = {} }) =>
      Object.keys(environment),
    );
    expect(set.filter((name) => !known.has(name))).toEqual([]);
  });

  it('simulates with options that the command has', () => {
    const source = read('packages/cli/src/program.ts');
    const options = Object.values(compose.services)
      .flatMap(({ command = [] }) => (command[0] === 'simulate' ? command : []))
      .filter((word) => word.startsWith('--'));
    expect(options.length).toBeGreaterThan(0);
    for (const option of options) expect(source).toContain(`'${option} <`);
  });

  it('gives the connector a Redis that keeps what it is told', () => {
    const command = compose.services.redis?.command?.join(' ') ?? '';
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });
});
