import { describe, expect, it } from 'vitest';
import { derivedId } from './derived-id.ts';
import { longestPlainKey, targetOfKey, valueKey } from './value-key.ts';

describe('valueKey', () => {
  it('is one for the same name in another case', () => {
    expect(valueKey('Domain', 'Evil.Example')).toBe(valueKey('Domain', 'evil.example'));
    expect(valueKey('Email', 'Bob@evil.example')).toBe(valueKey('Email', 'bob@evil.example'));
  });

  it('tells types, and case where it matters, apart', () => {
    expect(valueKey('URL', 'http://evil.example/A')).not.toBe(
      valueKey('URL', 'http://evil.example/a'),
    );
    expect(valueKey('Domain', 'x.example')).not.toBe(valueKey('Host', 'x.example'));
    expect(valueKey('File', '3:aB:cD')).not.toBe(valueKey('File', '3:ab:cd'));
  });

  it('is bounded, and still tells long values apart', () => {
    const long = `http://evil.example/${'x'.repeat(10_000)}`;
    expect(valueKey('URL', long).length).toBeLessThanOrEqual(longestPlainKey + 32);
    expect(valueKey('URL', `${long}1`)).not.toBe(valueKey('URL', `${long}2`));
  });
});

describe('targetOfKey', () => {
  it('gives type and value back, where the key holds them', () => {
    const value = 'https://evil.example/a?b=c:d';
    expect(targetOfKey(valueKey('URL', value))).toEqual({ type: 'URL', value });
    expect(targetOfKey(valueKey('URL', `${value}${'x'.repeat(300)}`))).toBeNull();
  });
});

describe('derivedId', () => {
  it('is a UUID of version 5, the same for ever', () => {
    const id = derivedId('cee934c4-d41f-4171-99b2-768dc2fd9add', 'IP', '1.2.3.4');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // Computed by Python's uuid.uuid5 over the same namespace and name.
    expect(id).toBe('56d3bbec-9ddd-5808-a668-78842d15f09c');
  });

  it('depends on the OpenCTI id, the type and the value', () => {
    const ids = [
      derivedId('a', 'IP', '1.2.3.4'),
      derivedId('b', 'IP', '1.2.3.4'),
      derivedId('a', 'Host', '1.2.3.4'),
      derivedId('a', 'IP', '1.2.3.5'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
