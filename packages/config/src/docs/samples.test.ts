import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../load/load-config.ts';
import { ROLES } from '../role.ts';
import { variables } from '../variables/table.ts';
import { renderConfigSample } from './config-sample.ts';
import { renderEnvExample } from './env-example.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
const rewrite = '(rewrite: node packages/config/src/write-docs.ts)';

/** The lines of an env file that set something, and those that would without their `# `. */
function assignments(text: string) {
  const all = [...text.matchAll(/^(# )?([A-Z_]+)=(.*)$/gm)];
  return all.map(([, hash, name = '', value = '']) => ({ name, value, on: hash === undefined }));
}

describe('.env.example', () => {
  const example = read('.env.example');

  it(`is what the table of variables says ${rewrite}`, () => {
    expect(example).toBe(renderEnvExample(variables));
  });

  it('has every variable once', () => {
    const names = assignments(example).map(({ name }) => name);
    const ours = names.filter((name) => name !== 'WORKERS' && name !== 'REDIS_MAXMEMORY');
    expect(ours.toSorted()).toEqual(variables.map(({ name }) => name).toSorted());
  });

  it('asks for what is needed, and sets nothing else', () => {
    const asked = assignments(example).filter(({ on }) => on);
    expect(asked.map(({ name, value }) => name + value)).toEqual([
      'OPENCTI_URL',
      'OPENCTI_TOKEN',
      'CONNECTOR_ID',
      'CONNECTOR_LIVE_STREAM_ID',
      'XSOAR_URL',
      'XSOAR_KEY_ID',
      'XSOAR_KEY',
      'BOARD_PASSWORD',
    ]);
  });

  it('shows defaults as the programs take them', () => {
    const shown = assignments(example).filter(({ on, value }) => !on && value !== '');
    for (const { name, value } of shown) {
      const variable = variables.find((one) => one.name === name);
      if (variable) expect(variable.type.read(value), name).toMatchObject({ ok: true });
    }
  });
});

describe('config.yml.sample', () => {
  const sample = read('config.yml.sample');
  const load = (text: string, role: (typeof ROLES)[number]) =>
    loadConfig(role, {
      env: {},
      cwd: '/etc/xsoar-intel',
      configFile: 'config.yml',
      readFile: () => text,
    });

  it(`is what the table of variables says ${rewrite}`, () => {
    expect(sample).toBe(renderConfigSample(variables));
  });

  it('is refused as it is, naming each value that has to be replaced', () => {
    const loaded = load(sample, 'worker');
    const wrong = loaded.ok ? [] : loaded.problems.map(({ variable }) => variable);
    expect(wrong).toEqual(['OPENCTI_URL', 'CONNECTOR_ID', 'XSOAR_URL', 'XSOAR_KEY']);
  });

  it('works for every role once the needed values are replaced', () => {
    const filled = sample.replace(/url: ChangeMe/g, 'url: https://a.example');
    for (const role of ROLES) {
      const loaded = load(filled.replaceAll('ChangeMe', 'abc'), role);
      expect(loaded.ok ? [] : loaded.problems, role).toEqual([]);
    }
  });

  it('has only keys that exist, when each # is taken away', () => {
    const open = sample.replace(/^ {2}# ([a-z_]+: (?!the path))/gm, '  $1');
    const loaded = load(open, 'worker');
    const unknown = loaded.ok ? loaded.notes : [];
    expect(unknown.filter(({ message }) => message.includes('unknown'))).toEqual([]);
    for (const { path } of variables) {
      expect(open).toMatch(new RegExp(`^ {2}${path.split('.')[1]}: `, 'm'));
    }
  });
});
