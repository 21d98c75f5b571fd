import { type MappingOptions, mapIndicator } from '@xsoar-intel/pipeline';
import { describe, expect, test } from 'vitest';
import { readPattern } from './reading/read-pattern.ts';
import { valueFates } from './value-fates.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha1 = 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709';

/** `value: where it went` of each value. */
function fates(pattern: string, more: Partial<MappingOptions> = {}): string[] {
  const reading = readPattern(pattern);
  if (!reading.ok) throw reading.error;
  const object = { type: 'indicator', id: 'indicator--1', pattern, description: '80 evil.exe' };
  const result = mapIndicator(object, { source: 'x', ...more });
  return valueFates(reading, result).map(({ observed, fate }) => {
    if (fate.kind === 'left-out') return `${observed.value}: ${fate.skip?.reason}`;
    const again = fate.kind === 'indicator' && fate.again ? ' again' : '';
    const field = fate.kind === 'field' ? `${fate.field} of ` : '';
    return `${observed.value}: ${field}${fate.type} ${fate.value}${again}`;
  });
}

describe('each value of a pattern is followed to', () => {
  test('its own indicator, under the value that is sent', () => {
    expect(
      fates("[domain-name:value = 'Evil[.]Example' OR autonomous-system:number = 64512]"),
    ).toEqual(['Evil[.]Example: Domain evil.example', '64512: ASN AS64512']);
  });

  test('one that another value has already', () => {
    expect(
      fates("[ipv4-addr:value IN ('1.1.1.1', '1.1.1.1/32') OR ipv4-addr:value = '1.1.1.1']"),
    ).toEqual(['1.1.1.1: IP 1.1.1.1', '1.1.1.1/32: IP 1.1.1.1 again', '1.1.1.1: IP 1.1.1.1 again']);
  });

  test('a field of a file, and only to a field that comes from the pattern', () => {
    const file = `File ${sha1.toLowerCase()}`;
    expect(
      fates(
        `[file:hashes.MD5 = '${md5}' AND file:hashes.'SHA-1' = '${sha1}' AND file:name = 'evil.exe' AND file:x = '80 evil.exe']`,
      ),
    ).toEqual([
      `${md5}: md5 of ${file}`,
      `${sha1}: ${file}`,
      `evil.exe: associatedfilenames of ${file}`,
      '80 evil.exe: no-field',
    ]);
  });

  test('a cell of a grid', () => {
    const key = "windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\x'";
    expect(fates(`[${key} AND windows-registry-key:values[0].name = 'Run']`)).toEqual([
      'HKEY_LOCAL_MACHINE\\x: Registry Key HKEY_LOCAL_MACHINE\\x',
      'Run: keyvalue of Registry Key HKEY_LOCAL_MACHINE\\x',
    ]);
  });

  test('the reason for which it is left out', () => {
    expect(
      fates("[domain-name:value = 'a b' OR mutex:name = 'm' OR user-agent:value = 'u']"),
    ).toEqual(['a b: bad-value', 'm: Mutex m', 'u: unsupported-observable']);
  });

  test('the option that allows no more', () => {
    const pattern = "[ipv4-addr:value IN ('1.1.1.1', '2.2.2.2', '3.3.3.3')]";
    expect(fates(pattern, { multiValue: 'first' })).toEqual([
      '1.1.1.1: IP 1.1.1.1',
      '2.2.2.2: first-value-only',
      '3.3.3.3: first-value-only',
    ]);
    expect(fates(pattern, { maxValues: 2 }).at(-1)).toBe('3.3.3.3: too-many-values');
  });
});
