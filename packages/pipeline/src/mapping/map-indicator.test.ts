import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { describe, expect, it } from 'vitest';
import { listLimits } from './bounded-text.ts';
import { COMMON_FIELDS, RESERVED_FIELDS, TYPE_FIELDS } from './custom-fields.ts';
import { defaultMaxValues, mapIndicator } from './map-indicator.ts';
import {
  indicator,
  keys,
  mapped,
  md5,
  openctiId,
  options,
  reasons,
  sha256,
} from './testing/indicators.ts';
import type { MappingOptions } from './types.ts';

describe('what is left out, and why', () => {
  it.each([
    ["[domain-name:value LIKE '%.evil.example']", 'no-observed-value', 'domain-name'],
    ["[ipv4-addr:value != '1.2.3.4']", 'no-observed-value', 'ipv4-addr'],
    ["[ipv4-addr:value NOT = '1.2.3.4']", 'no-observed-value', 'ipv4-addr'],
    ['[EXISTS ipv4-addr:value]', 'no-observed-value', 'ipv4-addr'],
    ["[email-message:subject = 'Your invoice']", 'unsupported-observable', 'email-message'],
    ["[process:command_line = 'x']", 'unsupported-observable', 'process'],
    ["[user-agent:value = 'x']", 'unsupported-observable', 'user-agent'],
    ["[x-oca-event:action = 'x']", 'unsupported-observable', 'other'],
    ["[file:name = 'evil.exe']", 'unsupported-observable', 'file'],
    [`[file:hashes.IMPHASH = '${md5}']`, 'unsupported-observable', 'file'],
    ["[file:hashes.MD5 = 'xyz']", 'bad-value', 'file'],
    ["[ipv4-addr:value = 'not an address']", 'bad-value', 'ipv4-addr'],
    ["[domain-name:value ISSUBSET '10.0.0.0/8']", 'bad-value', 'domain-name'],
    ['[ipv4-addr:value = true]', 'bad-value', 'ipv4-addr'],
  ])('%s: %s, counted as %s', (pattern, reason, observableType) => {
    const result = mapIndicator(indicator(pattern), options);
    expect(result).toMatchObject({ ok: false, reason, observableType });
    expect(result.leftOut[0]?.detail).toContain(' at ');
  });

  it('says what does not reach XSOAR beside what does', () => {
    const pattern =
      "[ipv4-addr:value = '1.2.3.4' AND process:command_line = 'x' AND domain-name:value LIKE '%x']";
    const result = mapIndicator(indicator(pattern), options);
    expect(result.ok).toBe(true);
    expect(reasons(result)).toEqual([
      'unsupported-observable process',
      'no-observed-value domain-name',
    ]);
  });

  it('tells a detail without a field from an observable without a type', () => {
    const pattern =
      "[software:name = 'EvilTool' AND software:version = '1.0' AND text:value = 'x']";
    expect(reasons(mapIndicator(indicator(pattern), options))).toEqual([
      'no-field software',
      'unsupported-observable text',
    ]);
  });

  it('keeps values out of the details, which go into logs', () => {
    const pattern = "[ipv4-addr:value = 'secret-value' OR process:command_line = 'secret-value']";
    const { leftOut } = mapIndicator(indicator(pattern), options);
    expect(leftOut).toHaveLength(2);
    for (const { detail, value } of leftOut) {
      expect(detail).not.toContain('secret-value');
      expect(value).toBe('secret-value');
    }
  });

  it.each([
    [{ type: 'malware' }, 'not-indicator'],
    [{ pattern_type: 'yara', pattern: 'rule x { condition: true }' }, 'not-stix-pattern'],
    [{ pattern_type: 7 }, 'not-stix-pattern'],
    [{ pattern: '' }, 'no-pattern'],
    [{ pattern: undefined }, 'no-pattern'],
    [{ pattern: "[ipv4-addr:value = '1.2.3.4'" }, 'pattern-syntax'],
    [{ pattern: `[a:b = '${'x'.repeat(70_000)}']` }, 'pattern-limit'],
  ])('%j is refused: %s', (more, reason) => {
    const result = mapIndicator(indicator('', more), options);
    expect(result).toMatchObject({ ok: false, reason });
    expect(result.leftOut).toHaveLength(1);
  });

  it('points at the place of a syntax error', () => {
    const result = mapIndicator(indicator("[ipv4-addr:value = '1.2.3.4'"), options);
    expect(result.ok ? '' : result.detail).toMatch(/^expected .* at 1:29$/);
  });

  it('has a bound on the number of values, and says how many there were', () => {
    const values = Array.from({ length: 3_000 }, (_, at) => `'10.0.${at >> 8}.${at & 255}'`);
    const result = mapIndicator(indicator(`[ipv4-addr:value IN (${values.join(', ')})]`), options);
    expect(result.ok && result.indicators).toHaveLength(defaultMaxValues);
    expect(result.leftOut).toMatchObject([
      { reason: 'too-many-values', detail: expect.stringContaining(`${3_000 - defaultMaxValues}`) },
    ]);
  });

  it('does not count a value again that is stated again', () => {
    const pattern = `[ipv4-addr:value IN (${"'1.1.1.1', ".repeat(600)}'2.2.2.2')]`;
    expect(keys(pattern)).toEqual(['IP 1.1.1.1', 'IP 2.2.2.2']);
  });

  it('has a bound on the details of one indicator', () => {
    const names = Array.from({ length: 1_000 }, (_, at) => `'${at}.exe'`).join(', ');
    const [file] = mapped(`[file:hashes.MD5 = '${md5}' AND file:name IN (${names})]`);
    expect(file?.CustomFields.associatedfilenames).toHaveLength(listLimits.details);
  });

  it('has a bound on the reasons', () => {
    const values = Array.from({ length: 3_000 }, (_, at) => `'${at}'`);
    const { leftOut } = mapIndicator(
      indicator(`[ipv4-addr:value IN (${values.join(', ')})]`),
      options,
    );
    expect(leftOut).toHaveLength(listLimits.leftOut);
  });
});

describe('notes on what was changed', () => {
  it('keep the original of a cleaned value', () => {
    const { notes } = mapIndicator(indicator("[url:value = 'hxxp://evil[.]example/']"), options);
    expect(notes).toMatchObject([
      { kind: 'normalised', original: 'hxxp://evil[.]example/', value: 'http://evil.example/' },
    ]);
  });

  it('say when a value is of another type than the pattern claims', () => {
    const { notes } = mapIndicator(indicator("[domain-name:value = '1.2.3.4']"), options);
    expect(notes).toMatchObject([{ kind: 'retyped', value: '1.2.3.4' }]);
  });

  it('say when OpenCTI lists a value that the pattern does not state', () => {
    const listed = { observable_values: [{ type: 'IPv4-Addr', value: '1.2.3.4' }] };
    const pattern = "[ipv4-addr:value != '1.2.3.4' AND domain-name:value = 'evil.example']";
    const { notes } = mapIndicator(indicator(pattern, {}, listed), options);
    expect(notes).toMatchObject([{ kind: 'cross-check', value: '1.2.3.4' }]);
  });

  it('do not complain about how OpenCTI damages quotes in its list', () => {
    const listed = {
      observable_values: [{ type: 'Url', value: 'https://cdn.example.org/a/b?x=\\1\\&y=%20z' }],
    };
    const pattern = "[url:value = 'https://cdn.example.org/a/b?x=\\'1\\'&y=%20z']";
    expect(mapIndicator(indicator(pattern, {}, listed), options).notes).toEqual([]);
    const hashes = { observable_values: [{ type: 'StixFile', hashes: { 'SHA-256': sha256 } }] };
    const file = `[file:hashes.'SHA-256' = '${sha256}']`;
    expect(mapIndicator(indicator(file, {}, hashes), options).notes).toEqual([]);
  });
});

describe('the fields of an indicator', () => {
  const full = indicator("[ipv4-addr:value = '203.0.113.77']", {
    labels: ['c2'],
    object_marking_refs: ['marking-definition--826578e1-40ad-459f-bc73-ede076f81f37'],
    created_by_ref: 'identity--10994d1d-1852-5421-ba2a-133eaedccaf6',
    description: 'Emotet epoch 5 controller',
    confidence: 85,
    valid_until: '2026-11-03T05:41:12.000Z',
    external_references: [{ source_name: 'ACME', description: 'R', url: 'https://cti.example/' }],
    kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'command-and-control' }],
  });

  it('are all filled from a full object', () => {
    const result = mapIndicator(full, {
      ...options,
      openctiUrl: 'https://opencti.example/',
      authorName: () => 'Northwind CERT',
    });
    expect(result.ok && result.indicators).toEqual([
      {
        value: '203.0.113.77',
        indicator_type: 'IP',
        score: 2,
        id: openctiId,
        source: 'OpenCTI test',
        manualScore: true,
        expiration: '2026-11-03T05:41:12.000Z',
        manualExpirationTime: '2026-11-03T05:41:12.000Z',
        timestamp: '2025-02-03T04:05:06.789Z',
        firstSeen: '2025-02-03T04:05:06.000Z',
        CustomFields: {
          tags: ['c2', 'tlp:amber+strict'],
          trafficlightprotocol: 'AMBER',
          reportedby: ['Northwind CERT'],
          stixid: full.id,
          description: 'Emotet epoch 5 controller',
          confidence: '85',
          sourceoriginalseverity: '50',
          firstseenbysource: '2025-02-03T04:05:06.000Z',
          lastseenbysource: '2025-03-04T05:06:07.890Z',
          killchainphases: ['Command & Control'],
          publications: [
            {
              title: 'Indicator in OpenCTI',
              source: 'OpenCTI',
              link: `https://opencti.example/dashboard/id/${openctiId}`,
              timestamp: '2025-03-04T05:06:07.890Z',
            },
            { title: 'R', source: 'ACME', link: 'https://cti.example/' },
          ],
        },
      },
    ]);
  });

  it('are left out where the object says nothing, but for those that must be cleared', () => {
    const bare = {
      id: 'indicator--x',
      type: 'indicator',
      pattern: "[ipv4-addr:value = '1.2.3.4']",
    };
    const result = mapIndicator(bare, options);
    expect(result.ok && result.indicators).toEqual([
      {
        value: '1.2.3.4',
        indicator_type: 'IP',
        score: 0,
        id: 'indicator--x',
        source: 'OpenCTI test',
        manualScore: true,
        expiration: null,
        manualExpirationTime: null,
        CustomFields: {
          tags: [],
          trafficlightprotocol: null,
          reportedby: [],
          stixid: 'indicator--x',
        },
      },
    ]);
  });

  it('leave the author alone while the name is not known', () => {
    const [one] = mapIndicatorOf(full, { authorName: () => undefined });
    expect(one?.CustomFields).not.toHaveProperty('reportedby');
  });

  it('follow the options', () => {
    const [one] = mapIndicatorOf(full, {
      tlp: 'keep',
      manualScore: false,
      serverDates: false,
      descriptionAsComment: true,
      reliabilityField: 'ctireliability',
      scoreThresholds: { good: 0, suspicious: 20, bad: 40 },
    });
    expect(one).toMatchObject({
      score: 3,
      manualScore: false,
      comment: 'Emotet epoch 5 controller',
      CustomFields: {
        trafficlightprotocol: 'AMBER+STRICT',
        tags: ['c2'],
        ctireliability: 'A - Completely reliable',
      },
    });
    expect(one).not.toHaveProperty('timestamp');
    expect(one).not.toHaveProperty('firstSeen');
  });

  it('take the default confidence where there is none', () => {
    const without = { ...full, confidence: undefined };
    expect(mapIndicatorOf(without, { defaultConfidence: 80 })[0]?.CustomFields.confidence).toBe(
      '80',
    );
    expect(
      mapIndicatorOf({ ...full, confidence: 0 }, { defaultConfidence: 80 })[0]?.CustomFields
        .confidence,
    ).toBe('0');
  });

  it('never have a name that XSOAR keeps for itself', () => {
    for (const { name } of [...COMMON_FIELDS, ...TYPE_FIELDS]) {
      expect(RESERVED_FIELDS.has(name), name).toBe(false);
      expect(name).toMatch(/^[a-z0-9]+$/);
    }
    const [one] = mapIndicatorOf(full, { reliabilityField: 'score' });
    expect(one?.CustomFields).not.toHaveProperty('score');
  });

  it('have only names that the documented tables list', () => {
    const documented = new Set([...COMMON_FIELDS, ...TYPE_FIELDS].map(({ name }) => name));
    const pattern = `[file:hashes.MD5 = '${md5}' AND file:name = 'x' AND ipv4-addr:value = '1.2.3.4:80']`;
    const mappedAll = [
      ...mapIndicatorOf(full, { openctiUrl: 'https://x' }),
      ...mapped(pattern),
      ...mapped("[user-account:user_id = '1' AND user-account:account_login = 'b']"),
      ...mapped("[cryptocurrency-wallet:value = '1BoatSLRHtKNngkdXEeobR76b53LETtpyT']"),
    ];
    for (const { CustomFields } of mappedAll) {
      for (const name of Object.keys(CustomFields)) expect(documented.has(name), name).toBe(true);
    }
  });

  it('give the first indicator the OpenCTI id and the others ids of their own, always the same', () => {
    const pattern = "[ipv4-addr:value = '1.1.1.1' OR ipv4-addr:value = '2.2.2.2']";
    const [first, second] = mapped(pattern);
    expect(first?.id).toBe(openctiId);
    expect(second?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(mapped(pattern)[1]?.id).toBe(second?.id);
    expect(mapped("[ipv4-addr:value = '3.3.3.3' OR ipv4-addr:value = '2.2.2.2']")[1]?.id).toBe(
      second?.id,
    );
  });
});

function mapIndicatorOf(object: object, more: Partial<MappingOptions>): DesiredIndicator[] {
  const result = mapIndicator(object as ReturnType<typeof indicator>, { ...options, ...more });
  return result.ok ? result.indicators : [];
}
