import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variables } from '../variables/table.ts';
import { address, boolean, choice, identifier, integer, port, proportion, share } from './basic.ts';
import { bytes, parseBytes } from './bytes.ts';
import { confidence } from './confidence.ts';
import { duration, formatDuration, parseDuration } from './duration.ts';
import { entriesOf, list, listOf, thresholds, typesByObservable } from './lists.ts';
import { headers, otlpHeaders, secret } from './secrets.ts';
import { trust } from './trust.ts';
import type { ValueType } from './value-type.ts';

/** What a type makes of a text; undefined when it refuses. */
function value<T>(type: ValueType<T>, text: string): T | undefined {
  const read = type.read(text);
  return read.ok ? read.value : undefined;
}

describe('booleans', () => {
  it.each(['true', 'True', 'TRUE', 'yes', 'Yes', 'on', '1'])('%s is true', (text) => {
    expect(value(boolean, text)).toBe(true);
  });
  it.each(['false', 'False', 'FALSE', 'no', 'NO', 'off', '0'])('%s is false', (text) => {
    expect(value(boolean, text)).toBe(false);
  });
  it.each(['ture', 'y', '2', 'enabled', ' true'])('%s is refused', (text) => {
    expect(value(boolean, text)).toBeUndefined();
  });
});

describe('numbers', () => {
  it('are decimal digits within bounds, never the number at the beginning of a text', () => {
    expect(value(integer(1, 10), '10')).toBe(10);
    for (const text of ['0', '11', '5x', '0x5', '5.0', '1e1', '', ' 5', '٣']) {
      expect(value(integer(1, 10), text)).toBeUndefined();
    }
  });

  it('explain the port that Kubernetes sets for a Service named metrics', () => {
    const read = port.read('tcp://10.96.0.1:9113');
    expect(!read.ok && read.expected).toContain('enableServiceLinks');
    expect(value(port, '0')).toBe(0);
    expect(value(port, '65536')).toBeUndefined();
  });

  it('take a share as a fraction or in percent', () => {
    expect(value(share, '0.8')).toBe(0.8);
    expect(value(share, '80%')).toBe(0.8);
    expect(value(share, '80 %')).toBe(0.8);
    for (const text of ['80', '0', '101%', '-1%', '%']) expect(value(share, text)).toBeUndefined();
  });

  it('take a proportion from 0 to 1, both included', () => {
    const read = ['0', '0.01', '.5', '1', '1.0'].map((text) => value(proportion, text));
    expect(read).toEqual([0, 0.01, 0.5, 1, 1]);
    for (const text of ['1.1', '-0', '1%', '1e-2', '', '.']) {
      expect(value(proportion, text)).toBeUndefined();
    }
  });

  it('read a confidence of 1 to 4 on the old scale and others in percent', () => {
    expect(
      ['0', '1', '2', '3', '4', '5', '80', '100'].map((text) => value(confidence, text)),
    ).toEqual([0, 15, 50, 75, 85, 5, 80, 100]);
    expect(value(confidence, '101')).toBeUndefined();
  });
});

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30', 30_000],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['5 M', 300_000],
    ['PT30S', 30_000],
    ['PT1H30M', 5_400_000],
    ['P30D', 2_592_000_000],
    ['P1DT1S', 86_401_000],
    ['p1w', 604_800_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 's', '5x', '-5s', '5s 3m', 'P', 'PT', 'P1DT', 'P1M', 'P1Y', '1e3'])(
    '%s is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('are written so that reading gives the same again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('keep to their bounds', () => {
    const type = duration('1s', '1m');
    expect(value(type, '1m')).toBe(60_000);
    expect(value(type, '999ms')).toBeUndefined();
    expect(value(type, '61s')).toBeUndefined();
  });
});

describe('sizes', () => {
  it('are bytes, in decimal and binary units', () => {
    expect(['10', '1KiB', '4MiB', '1.5 MiB', '10MB', '1GiB'].map(parseBytes)).toEqual([
      10, 1_024, 4_194_304, 1_572_864, 10_000_000, 1_073_741_824,
    ]);
    for (const text of ['', 'MiB', '4 MM', '-1']) expect(parseBytes(text)).toBeNull();
    expect(value(bytes('64KiB', '1MiB'), '63KiB')).toBeUndefined();
  });
});

describe('words and lists', () => {
  it('take a choice in any case, and its aliases', () => {
    const type = choice(['warn', 'error'], { warning: 'warn' });
    expect(value(type, 'WARNING')).toBe('warn');
    expect(value(type, 'Error')).toBe('error');
    expect(value(type, 'constructor')).toBeUndefined();
  });

  it('split lists at commas and lines, without comments, repeats and spaces', () => {
    expect(entriesOf('a, b,,c\n# no, not this\n d')).toEqual(['a', 'b', 'c', 'd']);
    expect(value(list(), 'a,a, b')).toEqual(['a', 'b']);
    expect(value(list(), '')).toEqual([]);
    expect(value(listOf(choice(['create', 'update'])), 'Update,create')).toEqual([
      'update',
      'create',
    ]);
    expect(value(listOf(choice(['create'])), 'create,destroy')).toBeUndefined();
  });

  it('take score thresholds as the lowest score of each verdict', () => {
    expect(value(thresholds, '1,31,61')).toEqual({ good: 0, suspicious: 30, bad: 60 });
    expect(value(thresholds, '0,21,71')).toEqual({ good: -1, suspicious: 20, bad: 70 });
    for (const text of ['1,31', '31,1,61', '1,31,101', '1,1,2', '1,2,3,4', 'a,b,c', '']) {
      expect(value(thresholds, text)).toBeUndefined();
    }
  });

  it('take XSOAR types by observable', () => {
    const pairs = value(typesByObservable, "user-agent:value=User Agent, file:hashes.'X'=File X");
    expect([...(pairs ?? [])]).toEqual([
      ['user-agent:value', 'User Agent'],
      ["file:hashes.'X'", 'File X'],
    ]);
    for (const text of ['a', 'a=b', 'a:b=', '=x']) {
      expect(value(typesByObservable, text)).toBeUndefined();
    }
  });

  it('keep ids and addresses free of what breaks keys and URLs', () => {
    expect(value(identifier, 'live')).toBe('live');
    for (const text of ['', 'a b', 'a/b', 'a{b}', 'ä', 'x'.repeat(129)]) {
      expect(value(identifier, text)).toBeUndefined();
    }
    expect(value(address, '::1')).toBe('::1');
    expect(value(address, '127.0.0.1:80/')).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are one line, without the quotes that env files leave around them', () => {
    expect(value(secret, 'abc')?.reveal()).toBe('abc');
    for (const text of ['"abc"', "'abc'", 'a\nb', ' abc', 'abc\n']) {
      expect(value(secret, text)).toBeUndefined();
    }
  });

  it('take headers as OpenTelemetry does, with values percent-encoded', () => {
    const read = value(otlpHeaders, 'authorization=Bearer%20a=b , x-key=c,')?.reveal();
    expect({ ...read }).toEqual({ authorization: 'Bearer a=b', 'x-key': 'c' });
    for (const text of ['no-value', '=x', 'a b=c', 'a=%0d%0ab', 'a=%zz']) {
      expect(value(otlpHeaders, text)).toBeUndefined();
    }
    expect(Object.getPrototypeOf(value(otlpHeaders, '__proto__=x')?.reveal())).toBeNull();
  });

  it('take headers as pycti does, but none that would replace ours', () => {
    expect({ ...value(headers, 'A-b: c:d ;E:f;')?.reveal() }).toEqual({ 'A-b': 'c:d', E: 'f' });
    for (const text of ['a', 'a b:c', 'Authorization:x', 'a:b\r\nc:d', ':x']) {
      expect(value(headers, text)).toBeUndefined();
    }
  });

  it('do not let a header name reach the prototype', () => {
    const read = value(headers, '__proto__:x')?.reveal() ?? {};
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read)).toEqual(['__proto__']);
  });

  it('take the path of a CA file in place of a boolean, as pycti does', () => {
    expect(value(trust, 'no')).toEqual({ verify: false, caFile: null });
    expect(value(trust, '/etc/ca.pem')).toEqual({ verify: true, caFile: '/etc/ca.pem' });
    expect(value(trust, 'nope')).toBeUndefined();
  });
});

describe('every type', () => {
  it('answers any text at once, without an exception', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .constantFrom('-', '.', '0', '1', 'P', 'T', ',', '/', '@', ' ', '%')
        .chain((unit) => fc.integer({ min: 1, max: 50_000 }).map((count) => unit.repeat(count))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...variables), texts, ({ type }, text) => {
        const before = performance.now();
        type.read(text);
        type.show?.(text);
        expect(performance.now() - before).toBeLessThan(500);
      }),
      { numRuns: 2_000 },
    );
  });
});
