import { expect, it } from 'vitest';
import { CASE_INSENSITIVE_TYPES } from '../caseless.ts';
import type { IocObject } from '../indicator.ts';
import { pickMatch } from './match.ts';

const object = (id: string, value: string, indicator_type = 'Domain'): IocObject => ({
  id,
  version: 1,
  value,
  indicator_type,
});
const target = { value: 'evil.example', type: 'Domain' };
const idOf = (...args: Parameters<typeof pickMatch>) => pickMatch(...args)?.id ?? null;

it('prefers the exact value of the right type', () => {
  const found = [
    object('1', 'EVIL.example'),
    object('2', 'evil.example', 'URL'),
    object('3', 'evil.example'),
  ];
  expect(idOf(found, target)).toBe('3');
});

it('ignores what merely contains the value', () => {
  expect(idOf([object('1', 'www.evil.example'), object('2', 'evil')], target, true)).toBeNull();
});

it('ignores case where it means nothing', () => {
  expect(idOf([object('1', 'EVIL.example')], target)).toBe('1');
  const hash = { value: 'abcdef', type: 'File' };
  expect(idOf([object('1', 'ABCDEF', 'File')], hash)).toBe('1');
});

it.each([...CASE_INSENSITIVE_TYPES])('knows a %s in any case, as our records do', (type) => {
  const key = 'HKLM\\Software\\Evil';
  expect(idOf([object('1', key, type)], { value: key.toLowerCase(), type })).toBe('1');
});

it('tells apart ssdeep digests that differ in case', () => {
  const ssdeep = { value: '3:aB:cD', type: 'File' };
  expect(idOf([object('1', '3:ab:cd', 'File')], ssdeep)).toBeNull();
});

it('tells apart URLs that differ in case: they are two', () => {
  const url = { value: 'http://evil.example/A', type: 'URL' };
  const found = [object('1', 'http://evil.example/a', 'URL')];
  expect(idOf(found, url)).toBeNull();
  expect(idOf(found, url, true)).toBe('1');
});

it('takes another type only when XSOAR has said that the value exists', () => {
  const found = [object('1', 'evil.example', 'DomainGlob')];
  expect(idOf(found, target)).toBeNull();
  expect(idOf(found, target, true)).toBe('1');
});

it('takes the type in any case', () => {
  expect(idOf([object('1', 'evil.example', 'domain')], target)).toBe('1');
});

it('picks the same one of equals in any order, so that two workers meet on it', () => {
  const twins = [object('9', 'evil.example'), object('10', 'evil.example')];
  expect(idOf(twins, target)).toBe(idOf(twins.toReversed(), target));
});
