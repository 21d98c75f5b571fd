import type { StixObject } from '@xsoar-intel/opencti';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter, decideFilter, mapFiltered } from '../filter/index.ts';
import { RESERVED_FIELDS } from './custom-fields.ts';
import { mapIndicator } from './map-indicator.ts';
import { mergeDesired } from './merge-desired.ts';
import type { MappingOptions } from './types.ts';

const openctiExtension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

const options: MappingOptions = {
  source: 'OpenCTI',
  authorName: (ref) => `author of ${ref}`,
  defaultConfidence: 50,
  openctiUrl: 'https://opencti.example',
};

const filter = compileFilter({
  minimumScore: 0,
  labelsIn: ['*'],
  labelsOut: ['none*'],
  maximumTlp: 'RED',
  patternTypes: ['stix'],
  observableTypes: ['IPv4-Addr', 'other'],
  maximumAgeMs: 1,
  neverPush: ['private', 'evil.example'],
});

/** Any JSON, with the keys and texts that have hurt others before. */
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', openctiExtension),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\ud800',
    '\u0000',
    '__proto__',
    '',
    ' ',
    '2025-02-30T00:00:00Z',
    'x'.repeat(20_000),
  ),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(asJsonObject),
  ),
})).value;

/** As JSON.parse makes it: `__proto__` is a key like any other. */
function asJsonObject(entries: [string, unknown][]): unknown {
  const members = entries.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return JSON.parse(`{${members.join(',')}}`);
}

const fields = [
  'id',
  'extensions',
  'created',
  'modified',
  'revoked',
  'confidence',
  'labels',
  'object_marking_refs',
  'created_by_ref',
  'external_references',
  'description',
  'pattern_type',
  'valid_from',
  'valid_until',
  'kill_chain_phases',
  'x_opencti_score',
];
const extensionFields = [
  'id',
  'score',
  'created_at',
  'updated_at',
  'main_observable_type',
  'observable_values',
];

const entry = (names: readonly string[]) => fc.tuple(fc.constantFrom(...names), json);

const objects = fc
  .record({
    fields: fc.array(entry(fields), { maxLength: 8 }),
    extension: fc.array(entry(extensionFields), { maxLength: 4 }),
    withExtension: fc.boolean(),
    pattern: fc.oneof(
      fc.constantFrom(
        "[ipv4-addr:value = '1.2.3.4']",
        "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e' OR url:value = 'http://evil.example/']",
      ),
      json,
    ),
  })
  .map(({ fields: own, extension, withExtension, pattern }) => {
    const object: Record<string, unknown> = { id: 'indicator--x', type: 'indicator', pattern };
    if (withExtension) object.extensions = { [openctiExtension]: Object.fromEntries(extension) };
    return Object.assign(object, Object.fromEntries(own)) as StixObject;
  });

/** Values that end in a comparison, so that every reader meets anything at all. */
const paths = fc.constantFrom(
  'ipv4-addr:value',
  'ipv6-addr:value',
  'domain-name:value',
  'url:value',
  'email-addr:value',
  'hostname:value',
  'mutex:name',
  'autonomous-system:number',
  'vulnerability:name',
  'cryptocurrency-wallet:value',
  'user-account:account_login',
  'user-account:user_id',
  'windows-registry-key:key',
  'windows-registry-key:values[0].name',
  'x509-certificate:serial_number',
  'x509-certificate:hashes.MD5',
  'file:hashes.MD5',
  "file:hashes.'SHA-256'",
  'file:hashes.SSDEEP',
  'file:hashes.IMPHASH',
  'file:name',
  'file:size',
  'network-traffic:dst_ref.value',
  'process:image_ref.hashes.MD5',
  'x-other:thing',
);
const literal = fc.oneof(
  fc.string({ unit: 'binary' }).map(quoted),
  fc
    .string({ unit: fc.constantFrom('1', '.', ':', '/', '[', ']', 'a', '@', '-', 'x', '%', ' ') })
    .map(quoted),
  fc.constantFrom(
    "'d41d8cd98f00b204e9800998ecf8427e'",
    "'10.0.0.0/8'",
    "'evil.example'",
    "'3:a:b'",
  ),
  fc.integer().map(String),
  fc.constantFrom('true', '1.5', "h'ff'", "t'2025-01-01T00:00:00Z'"),
);

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const comparison = fc
  .tuple(paths, fc.constantFrom('=', '=', '=', '!=', 'ISSUBSET', 'LIKE'), literal)
  .map(([path, operator, value]) => `${path} ${operator} ${value}`);
const patterns = fc
  .array(
    fc.array(comparison, { minLength: 1, maxLength: 8 }).map((all) => `[${all.join(' OR ')}]`),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.join(' AND '));

describe('whatever an object holds', () => {
  it('mapping and filters give a result that is JSON, and change no prototype', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const before = JSON.stringify(object);
        const results = [
          mapIndicator(object, options),
          mapIndicator(object, { ...options, multiValue: 'first', tlp: 'keep' }),
          mapFiltered(object, options, filter, 0),
        ];
        for (const result of results) {
          const indicators = result.ok ? result.indicators : [];
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
          for (const { CustomFields } of indicators) {
            for (const name of Object.keys(CustomFields))
              expect(RESERVED_FIELDS.has(name)).toBe(false);
          }
          if (indicators.length > 0) mergeDesired(indicators.slice(0, 1));
        }
        decideFilter(object, 'create', filter, Date.now());
        expect(JSON.stringify(object)).toBe(before);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is bounded in what it becomes', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const result = mapIndicator(object, options);
        for (const indicator of result.ok ? result.indicators : []) {
          expect(JSON.stringify(indicator).length).toBeLessThan(1_000_000);
        }
      }),
    );
  });
});

describe('whatever a pattern says', () => {
  const object = (pattern: string): StixObject => ({
    id: 'indicator--x',
    type: 'indicator',
    pattern,
  });

  it('every value is clean, and known by a key of its own', () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        const result = mapIndicator(object(pattern), options);
        if (!result.ok) {
          expect(result.leftOut.length).toBeGreaterThan(0);
          return;
        }
        const seen = new Set<string>();
        for (const { indicator_type: type, value } of result.indicators) {
          expect(value).toBe(value.trim());
          expect(value).not.toBe('');
          expect(value.isWellFormed()).toBe(true);
          expect(seen.has(`${type} ${value}`)).toBe(false);
          seen.add(`${type} ${value}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('mapping a value that was sent gives the same value again', () => {
    const single = fc.constantFrom(
      ['ipv4-addr:value', 'IP'],
      ['domain-name:value', 'Domain'],
      ['url:value', 'URL'],
      ['email-addr:value', 'Email'],
      ['hostname:value', 'Host'],
    );
    fc.assert(
      fc.property(single, literal, ([path, type], value) => {
        const first = mapIndicator(object(`[${path} = ${value}]`), options);
        const [sent] = first.ok ? first.indicators : [];
        if (sent?.indicator_type !== type) return;
        const again = mapIndicator(object(`[${path} = ${quoted(sent.value)}]`), options);
        expect(again.ok && again.indicators[0]?.value).toBe(sent.value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('64 KiB of it take less than 50 ms', () => {
    const lists = [
      `[ipv4-addr:value IN (${"'1.2.3.4', ".repeat(5_000)}'1.2.3.4')]`,
      `[file:hashes.MD5 IN (${"'d41d8cd98f00b204e9800998ecf8427e', ".repeat(1_700)}'x')]`,
      `[user-account:user_id IN (${"'1',".repeat(16_000)}'1')]`,
      `[windows-registry-key:key = 'a' AND windows-registry-key:values[0].name IN (${"'1',".repeat(15_000)}'1')]`,
      `[url:value = '${'['.repeat(60_000)}']`,
      `[file:hashes."MD5" = '${'x"'.repeat(30_000)}']`,
    ];
    for (const pattern of lists) {
      mapIndicator(object(pattern), options);
      // Time of this thread alone, the best of three: the machine may be busy with other tests.
      const times = [1, 2, 3].map(() => {
        const start = process.threadCpuUsage();
        mapIndicator(object(pattern), options);
        const { user, system } = process.threadCpuUsage(start);
        return (user + system) / 1_000;
      });
      expect(Math.min(...times)).toBeLessThan(50);
    }
  });
});
