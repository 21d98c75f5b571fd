import { describe, expect, it } from 'vitest';
import type { ObjectPath } from './ast.ts';
import { pathText } from './object-path.ts';
import { parsePattern } from './parse-pattern.ts';
import { refusal } from './testing/refusal.ts';

function path(text: string): ObjectPath {
  const { expression } = parsePattern(`[EXISTS ${text}]`);
  if (expression.kind !== 'observation') throw new Error('not one observation');
  const { comparison } = expression;
  if (comparison.kind !== 'existence') throw new Error('not one existence test');
  return comparison.path;
}

const property = (name: string) => ({ kind: 'property', name });
const index = (position: number | '*') => ({ kind: 'index', index: position });

describe('object paths', () => {
  it('reads a type and one property', () => {
    expect(path('x-oca-event:action')).toMatchObject({
      objectType: 'x-oca-event',
      steps: [property('action')],
    });
  });

  it('reads quoted properties, the first one and later ones', () => {
    expect(path("a:'b c'.'SHA-256'.'it\\'s'").steps).toEqual([
      property('b c'),
      property('SHA-256'),
      property("it's"),
    ]);
  });

  it('reads list positions, from the end too, and any position', () => {
    expect(path('a:b[0][12][-1][+3][*]').steps).toEqual([
      property('b'),
      index(0),
      index(12),
      index(-1),
      index(3),
      index('*'),
    ]);
  });

  it('takes the position -0 for 0', () => {
    expect(path('a:b[-0]').steps).toEqual([property('b'), index(0)]);
  });

  it('follows references and lists', () => {
    expect(path('a:b_refs[*].c_ref.d').steps).toEqual([
      property('b_refs'),
      index('*'),
      property('c_ref'),
      property('d'),
    ]);
  });

  it('reads a property with a hyphen without its quotes, as STIX 2.0 wrote it', () => {
    expect(path('file:extensions.windows-pebinary-ext').steps).toEqual([
      property('extensions'),
      property('windows-pebinary-ext'),
    ]);
  });

  it('takes names that mean something in JavaScript for names', () => {
    expect(path('constructor:__proto__.prototype').steps).toEqual([
      property('__proto__'),
      property('prototype'),
    ]);
  });

  it('reserves the keywords, unless they are quoted', () => {
    expect(refusal('[a:AND = 1]').expected).toEqual(['a property name']);
    expect(refusal('[IN:a = 1]').offset).toBe(1);
    expect(path("a:'AND'").steps).toEqual([property('AND')]);
    expect(path('a:And').steps).toEqual([property('And')]);
  });

  it('refuses a path that does not begin with type and property', () => {
    expect(refusal('[file.size = 1]').expected).toEqual(['":"']);
    expect(refusal('[file = 1]').expected).toEqual(['":"']);
    expect(refusal('[a:[0] = 1]').expected).toEqual(['a property name']);
    expect(refusal("['a':b = 1]").offset).toBe(1);
  });

  it('refuses an index that is not a whole number of 53 bits or a star', () => {
    expect(refusal('[a:b[1.5] = 1]').expected).toEqual(['a list index', '"*"']);
    expect(refusal("[a:b['c'] = 1]").expected).toEqual(['a list index', '"*"']);
    expect(refusal('[a:b[9007199254740993] = 1]').offset).toBe(5);
  });

  it('is described without quotes', () => {
    expect(pathText(path("file:hashes.'SHA-256'").steps)).toBe('hashes.SHA-256');
    expect(pathText(path('a:values[0].name').steps)).toBe('values[0].name');
    expect(pathText(path('a:b[*]').steps)).toBe('b[*]');
  });
});
