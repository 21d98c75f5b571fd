import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { read, root } from './files.ts';

const workflow = read('.github/workflows/ci.yml');

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
}

/** Every package that is installed, tools included. */
function installed(): Manifest[] {
  const store = join(root, 'node_modules/.pnpm');
  return readdirSync(store)
    .map((entry) => join(store, entry, 'node_modules'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder).flatMap((name) =>
        name.startsWith('@')
          ? readdirSync(join(folder, name)).map((rest) => join(folder, name, rest))
          : [join(folder, name)],
      ),
    )
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest);
}

describe('dependencies', () => {
  /** What may be part of a work under Apache-2.0, or be used to build one. */
  const LICENCES = new Set([
    ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'],
    ...['MIT OR Apache-2.0', 'MIT-0', 'Python-2.0', 'CC0-1.0', '(MIT OR CC0-1.0)', 'Unlicense'],
    // lightningcss, a part of the test runner; nothing of it is in the programs.
    'MPL-2.0',
  ]);

  it('are all under licences of the list', () => {
    const packages = installed();
    expect(packages.length).toBeGreaterThan(100);
    const others = packages.filter(({ license }) => !LICENCES.has(license ?? ''));
    expect(others.map(({ name, version, license }) => `${name} ${version}: ${license}`)).toEqual(
      [],
    );
  });

  it('are named by range in the manifests and fixed by the lockfile, with a check sum each', () => {
    const { packages } = parse(read('pnpm-lock.yaml')) as {
      packages: Record<string, { resolution: { integrity?: string } }>;
    };
    const without = Object.entries(packages).filter(
      ([, { resolution }]) => !resolution.integrity?.startsWith('sha512-'),
    );
    expect(without).toEqual([]);
  });

  it('run no install script but those that are named, and are not taken fresh from the press', () => {
    const { allowBuilds, minimumReleaseAge } = parse(read('pnpm-workspace.yaml')) as {
      allowBuilds: Record<string, boolean>;
      minimumReleaseAge: number;
    };
    const allowed = Object.entries(allowBuilds).filter(([, allow]) => allow);
    expect(allowed).toEqual([['node', true]]);
    expect(minimumReleaseAge).toBeGreaterThanOrEqual(3 * 24 * 60);
  });
});

describe('the workflow of the public forge', () => {
  const { permissions, jobs } = parse(workflow) as {
    permissions: string;
    jobs: Record<string, { permissions?: object; steps: { run?: string }[] }>;
  };

  it('may only read, except to publish an image', () => {
    expect(permissions).toBe('read-all');
    const more = Object.entries(jobs).filter(([, job]) => job.permissions);
    expect(more.map(([name]) => name)).toEqual(['image']);
  });

  it('uses actions by commit, not by a name that can be moved', () => {
    const uses = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
    expect(uses.length).toBeGreaterThan(5);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    const named = runs.flatMap((run) => [...run.matchAll(/npm (?:run )?([a-z]+)/g)]);
    expect(named.length).toBeGreaterThan(4);
    for (const [, name = ''] of named) expect(Object.keys(scripts)).toContain(name);
    for (const [, file = ''] of runs.join('\n').matchAll(/node (scripts\/\S+)/g)) {
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('does all that .ci/run does', () => {
    for (const [, name = ''] of read('.ci/run').matchAll(/npm (?:run --silent )?([a-z]+)$/gm)) {
      expect(workflow).toMatch(new RegExp(`npm (?:run )?${name}\\b`));
    }
  });
});
