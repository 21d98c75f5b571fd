import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, variables } from '@xsoar-intel/config';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderService, writtenServices } from './compose-file.ts';
import { commandLine, knownVariables, parseEnvFile, read, root } from './files.ts';

const services = writtenServices();
const ROLES = ['ingest', 'worker', 'board'] as const;

/** `.env.example` with what it asks for. */
const filled = new Map([
  ...parseEnvFile(read('.env.example')),
  ['OPENCTI_URL', 'https://opencti.example'],
  ['OPENCTI_TOKEN', 'opencti-token'],
  ['CONNECTOR_ID', '5b2a7d8e-3f1c-4f7e-9d55-0c1a2b3c4d5e'],
  ['CONNECTOR_LIVE_STREAM_ID', '5f2a7c1e-4b8d-4e0f-9a63-0c1d2e3f4a5b'],
  ['XSOAR_URL', 'https://api-xsoar.example'],
  ['XSOAR_KEY_ID', '17'],
  ['XSOAR_KEY', 'xsoar-key'],
  ['BOARD_PASSWORD', 'board-password'],
]);
const rendered = (role: string, values: ReadonlyMap<string, string> = filled) =>
  renderService(services[role] ?? {}, values);

const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-compose-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  it.each(ROLES)('starts the %s with a configuration that works, from .env.example', (role) => {
    const { command, environment } = rendered(role);
    const loaded = loadConfig(role, { env: environment, cwd: '/nowhere' });
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
    expect(command).toEqual([role]);
  });

  it.each(ROLES)('starts the %s of the demo with a configuration that works', (role) => {
    const { environment } = rendered(role, parseEnvFile(read('deploy/docker/demo.env')));
    const loaded = loadConfig(role, { env: environment, cwd: '/nowhere' });
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });

  it('refuses to start without what is needed, and says what', () => {
    const without = (name: string) => new Map([...filled].filter(([key]) => key !== name));
    for (const [role, name] of [
      ['ingest', 'OPENCTI_URL'],
      ['ingest', 'CONNECTOR_LIVE_STREAM_ID'],
      ['worker', 'XSOAR_URL'],
      ['board', 'CONNECTOR_ID'],
    ] as const) {
      expect(() => rendered(role, without(name))).toThrow(`set ${name} in .env`);
    }
    // Secrets may come from files, so the program itself looks.
    const loaded = loadConfig('worker', {
      env: rendered('worker', without('XSOAR_KEY')).environment,
      cwd: '/nowhere',
    });
    expect(loaded.ok).toBe(false);
  });

  it.each(ROLES)('passes on to the %s each variable that it reads, and no other', (role) => {
    // Of the workers, what a comparison needs: how XSOAR is reached, and what it is to hold.
    const compares = /^(XSOAR|FILTER)_|^CONNECTOR_CONFIDENCE_LEVEL$/;
    const reads = variables.filter(
      ({ roles, name }) =>
        roles.includes(role) ||
        (role === 'ingest' && roles.includes('worker') && compares.test(name)),
    );
    const expected = reads.flatMap(({ name, secret, fromFile }) =>
      (secret === true || fromFile === true) && name !== 'REDIS_URL'
        ? [name, `${name}_FILE`]
        : [name],
    );
    expect(Object.keys(services[role]?.environment ?? {}).toSorted()).toEqual(expected.toSorted());
  });

  it('sets only variables that exist', () => {
    for (const [name, { environment = {} }] of Object.entries(services)) {
      if (!('build' in (services[name] ?? {}))) continue;
      expect(Object.keys(environment).filter((key) => !knownVariables.has(key))).toEqual([]);
    }
  });

  it('gives nobody a secret that it does not read', () => {
    expect(rendered('worker').environment).not.toHaveProperty('OPENCTI_TOKEN');
    expect(rendered('ingest').environment).toMatchObject({ XSOAR_KEY: '', XSOAR_KEY_FILE: '' });
    expect(rendered('board').environment).not.toHaveProperty('XSOAR_KEY');
  });

  it('gives the ingest all that it reconciles with, once RECONCILE_INTERVAL is set', () => {
    const { environment } = rendered('ingest', new Map([...filled, ['RECONCILE_INTERVAL', '1d']]));
    const both = ['ingest', 'worker', 'operator'] as const;
    const loaded = loadConfig(both, { env: environment, cwd: '/nowhere' });
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
    // As the workers have it, or everything would look stale.
    const worker = rendered('worker').environment;
    for (const [name, value] of Object.entries(worker)) {
      if (/^(XSOAR|FILTER)_/.test(name)) expect(environment[name] ?? '', name).toBe(value);
    }
  });

  it('says what to do where the key is not in .env, but in a file', () => {
    const values = new Map([...filled, ['RECONCILE_INTERVAL', '1d']]);
    values.delete('XSOAR_KEY');
    const ran = spawnSync(join(root, 'node_modules/.bin/xsoar-intel'), ['ingest'], {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
        ...rendered('ingest', values).environment,
      },
    });
    expect(ran.status).toBe(78);
    expect(ran.stderr).toContain('XSOAR_KEY');
    expect(ran.stderr).toContain('RECONCILE_INTERVAL is set');
    expect(ran.stderr).toContain('docker-compose.override.yml');
  });

  it('simulates with options that the command has', () => {
    const options = Object.values(services)
      .flatMap(({ command = [] }) => (command[0] === 'simulate' ? command : []))
      .filter((word) => word.startsWith('--'));
    expect(options.length).toBeGreaterThan(0);
    for (const option of options) expect(commandLine.options).toContain(option);
  });

  it('gives the connector a Redis that keeps what it is told, and that nobody else reaches', () => {
    const { command = [], networks, ports } = services.redis ?? {};
    expect(command.join(' ')).toContain('--appendonly yes');
    expect(command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(networks).toEqual(['backend']);
    expect(ports).toBeUndefined();
  });

  it('waits longer for a process to end than the process takes', () => {
    const shutdown = variables.find(({ name }) => name === 'SHUTDOWN_TIMEOUT')?.default ?? '';
    for (const role of ROLES) {
      expect(parseInt(services[role]?.stop_grace_period ?? '0', 10)).toBeGreaterThan(
        parseInt(shutdown, 10),
      );
    }
  });

  it('runs our containers without rights: read-only, no capabilities, no new privileges', () => {
    for (const role of [...ROLES, 'redis']) {
      expect(services[role], role).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });
});

describe('docker-compose.yml, by docker compose itself', () => {
  const tools = [['docker', 'compose'], ['docker-compose']] as const;
  const tool = tools.find(
    ([program, ...args]) => spawnSync(program, [...args, 'version']).status === 0,
  );

  it.skipIf(tool === undefined).each([
    ['as it is', new Map(filled)],
    ['with RECONCILE_INTERVAL', new Map([...filled, ['RECONCILE_INTERVAL', '1d']])],
  ])('is rendered as this test renders it, %s', (_what, values) => {
    const envFile = join(directory, 'env');
    writeFileSync(envFile, [...values].map(([name, value]) => `${name}=${value}\n`).join(''));
    const [program = '', ...args] = tool ?? [];
    const ran = spawnSync(program, [...args, '--env-file', envFile, 'config'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, COMPOSE_FILE: join(root, 'docker-compose.yml') },
    });
    expect(ran.stderr).toBe('');
    const theirs = parse(ran.stdout) as { services: typeof services };
    for (const role of ROLES) {
      const { command, environment = {} } = theirs.services[role] ?? {};
      const set = Object.entries(environment).filter(([, value]) => value !== null);
      expect({ command, environment: Object.fromEntries(set) }).toEqual(rendered(role, values));
    }
  });
});

describe('deploy/docker/Dockerfile', () => {
  const dockerfile = read('deploy/docker/Dockerfile');
  const instruction = (name: string) =>
    [...dockerfile.replaceAll(/\\\n/g, ' ').matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map(
      ([, rest = '']) => rest.trim(),
    );

  it('starts the very file that node_modules/.bin/xsoar-intel is', () => {
    const [entrypoint = '[]'] = instruction('ENTRYPOINT');
    const { bin } = JSON.parse(read('packages/cli/package.json'));
    const file = (JSON.parse(entrypoint) as string[]).at(-1);
    expect(`/app/packages/cli/${bin['xsoar-intel'].replace('./', '')}`).toBe(file);
  });

  it('runs as a user by number, never as root', () => {
    expect(instruction('USER')).toEqual(['65532:65532']);
  });

  it('needs no shell at run time', () => {
    const [, runtime = ''] = dockerfile.split(/^FROM \$\{RUN_BASE\}$/m);
    const commands = [...runtime.matchAll(/(?:RUN|CMD|ENTRYPOINT) +(\S)/g)].map(
      ([, first]) => first,
    );
    expect(commands.length).toBe(4);
    expect(new Set(commands)).toEqual(new Set(['[']));
  });

  it('checks its health by a command that exists', () => {
    const [check = ''] = instruction('HEALTHCHECK');
    const command = (JSON.parse(check.slice(check.indexOf('['))) as string[]).at(-1);
    expect(commandLine.commands).toContain(command);
    expect(dockerfile).toContain('METRICS_ENABLE=true');
  });

  it('installs with the frozen lockfile, no scripts, and the pnpm of the workspace', () => {
    const [install = ''] = instruction('RUN');
    const pnpm = /pnpm@[\d.]+/.exec(read('scripts/setup.mjs'))?.[0];
    expect(install).toContain(`${pnpm} install --prod --frozen-lockfile --ignore-scripts`);
  });
});
