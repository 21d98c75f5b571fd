import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load, WORKER, works } from '../testing/load.ts';

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
