import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { describe, expect, it } from 'vitest';
import { compileFilter, decideFilter, filterValues } from './filter.ts';
import type { EventOperation, FilterOptions } from './filter-options.ts';
import { mapFiltered } from './map-filtered.ts';

const openctiExtension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
const now = Date.parse('2026-01-31T00:00:00Z');

function indicator(more: object = {}, extension: object = {}) {
  return {
    id: 'indicator--x',
    type: 'indicator',
    pattern: "[ipv4-addr:value = '8.8.8.8']",
    pattern_type: 'stix',
    created: '2026-01-01T00:00:00Z',
    labels: ['C2', 'emotet-epoch-5'],
    extensions: {
      [openctiExtension]: { id: 'id', score: 50, main_observable_type: 'IPv4-Addr', ...extension },
    },
    ...more,
  };
}

/** `pass`, or the reason. */
function decision(
  options: FilterOptions,
  object: ReturnType<typeof indicator> = indicator(),
  operation: EventOperation = 'create',
): string {
  const result = decideFilter(object, operation, compileFilter(options), now);
  return result.pass ? 'pass' : result.reason;
}

describe('decideFilter', () => {
  it('lets everything pass unless something is set', () => {
    expect(decision({})).toBe('pass');
    expect(decision({ labelsIn: [], labelsOut: [], patternTypes: [], eventTypes: [] })).toBe(
      'pass',
    );
  });

  it.each([
    [50, 'pass'],
    [51, 'score-below'],
  ])('holds back scores below %i', (minimumScore, wanted) => {
    expect(decision({ minimumScore })).toBe(wanted);
  });

  it('counts an indicator without a score as 0', () => {
    const without = indicator({}, { score: undefined });
    expect(decision({ minimumScore: 1 }, without)).toBe('score-below');
    expect(decision({ minimumScore: 0 }, without)).toBe('pass');
  });

  it.each([
    [{ labelsIn: ['c2'] }, 'pass'],
    [{ labelsIn: ['c3'] }, 'label-missing'],
    [{ labelsIn: ['emotet*'] }, 'pass'],
    [{ labelsIn: ['emotet'] }, 'label-missing'],
    [{ labelsOut: ['c2'] }, 'label-excluded'],
    [{ labelsOut: ['EMOTET*'] }, 'label-excluded'],
    [{ labelsOut: ['other'] }, 'pass'],
    [{ labelsIn: ['c2'], labelsOut: ['emotet*'] }, 'label-excluded'],
  ])('with %j the answer is %s', (options, wanted) => {
    expect(decision(options)).toBe(wanted);
  });

  it('wants a label where there are none', () => {
    expect(decision({ labelsIn: ['c2'] }, indicator({ labels: null }))).toBe('label-missing');
    expect(decision({ labelsOut: ['c2'] }, indicator({ labels: [7, null] }))).toBe('pass');
  });

  it('holds back what is marked more restrictively than may leave', () => {
    const red = indicator({
      object_marking_refs: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
    });
    expect(decision({ maximumTlp: 'AMBER+STRICT' }, red)).toBe('tlp-above');
    expect(decision({ maximumTlp: 'RED' }, red)).toBe('pass');
    expect(decision({ maximumTlp: 'CLEAR' }, indicator())).toBe('pass');
  });

  it.each([
    [['STIX'], 'pass'],
    [['yara'], 'pattern-type'],
  ])('of pattern types %j the answer is %s', (patternTypes, wanted) => {
    expect(decision({ patternTypes })).toBe(wanted);
  });

  it.each([
    [['IPv4-Addr'], {}, 'pass'],
    [['ipv4-addr'], {}, 'pass'],
    [['StixFile', 'url'], {}, 'observable-type'],
    [['StixFile'], { main_observable_type: 'StixFile' }, 'pass'],
    [['hostname'], { main_observable_type: 'X-OpenCTI-Hostname' }, 'pass'],
    [['ipv4-addr'], { main_observable_type: 'Unknown' }, 'pass'],
    [['ipv4-addr'], { main_observable_type: undefined }, 'pass'],
  ])('of observable types %j, with %j, the answer is %s', (observableTypes, extension, wanted) => {
    expect(decision({ observableTypes }, indicator({}, extension))).toBe(wanted);
  });

  it.each([
    [31, 'pass'],
    [30, 'pass'],
    [29, 'too-old'],
  ])('at a maximum age of %i days an indicator of 30 days: %s', (days, wanted) => {
    expect(decision({ maximumAgeMs: days * 86_400_000 })).toBe(wanted);
  });

  it('lets what has no date pass the age', () => {
    expect(decision({ maximumAgeMs: 1 }, indicator({ created: undefined }))).toBe('pass');
  });

  it('follows only the wanted kinds of event', () => {
    const options: FilterOptions = { eventTypes: ['create', 'delete'] };
    expect(decision(options, indicator(), 'update')).toBe('event-type');
    expect(decision(options, indicator(), 'delete')).toBe('pass');
  });

  it('lets a delete pass whatever else is set: what was pushed once must go', () => {
    const options: FilterOptions = { minimumScore: 100, labelsIn: ['x'], maximumAgeMs: 1 };
    expect(decision(options, indicator(), 'delete')).toBe('pass');
  });
});

describe('values never to push', () => {
  function entryFor(neverPush: string[], type: string, value: string, fields = {}): string | null {
    const desired: DesiredIndicator = {
      indicator_type: type,
      value,
      score: 0,
      CustomFields: fields,
    };
    const { kept, dropped } = filterValues([desired], compileFilter({ neverPush }));
    expect(kept.length + dropped.length).toBe(1);
    return dropped[0]?.entry ?? null;
  }

  it.each([
    ['acme.example', 'Domain', 'acme.example'],
    ['acme.example', 'Domain', 'www.ACME.example'],
    ['acme.example', 'DomainGlob', '*.acme.example'],
    ['*.acme.example', 'Domain', 'a.b.acme.example'],
    ['acme.example', 'URL', 'https://user@www.acme.example:8443/path?x=1'],
    ['acme.example', 'URL', 'www.acme.example/path'],
    ['acme.example', 'Email', 'bob@mail.acme.example'],
    ['acme.example', 'Host', 'pc1.acme.example'],
    ['10.0.0.0/8', 'IP', '10.1.2.3'],
    ['10.0.0.0/8', 'CIDR', '10.1.0.0/16'],
    ['10.1.0.0/16', 'CIDR', '10.0.0.0/8'],
    ['203.0.113.7', 'IP', '203.0.113.7'],
    ['203.0.113.7', 'CIDR', '0.0.0.0/0'],
    ['2001:db8:1::/48', 'IPv6', '2001:DB8:1::5'],
    ['2001:db8:1::/48', 'URL', 'http://[2001:db8:1::5]/x'],
    ['10.0.0.0/8', 'URL', 'http://10.1.2.3:8080/x'],
    ['D41D8CD98F00B204E9800998ECF8427E', 'File', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['Global\\ours', 'Mutex', 'Global\\ours'],
    ['https://ok.example/x', 'URL', 'https://ok.example/x'],
  ])('%s covers %s %s', (entry, type, value) => {
    expect(entryFor([entry], type, value)).toBe(entry);
  });

  it.each([
    ['acme.example', 'Domain', 'notacme.example'],
    ['acme.example', 'Domain', 'acme.example.evil.test'],
    ['acme.example', 'URL', 'https://evil.test/acme.example'],
    ['acme.example', 'Email', 'acme.example@evil.test'],
    ['acme.example', 'Mutex', 'acme.example2'],
    ['10.0.0.0/8', 'IP', '11.0.0.1'],
    ['10.0.0.0/8', 'IPv6', '::a00:1'],
    ['https://ok.example/x', 'URL', 'https://ok.example/y'],
    ['private', 'IP', '8.8.8.8'],
    ['private', 'Domain', 'private.example'],
  ])('%s does not cover %s %s', (entry, type, value) => {
    expect(entryFor([entry], type, value)).toBeNull();
  });

  it.each([
    ['IP', '192.168.1.1'],
    ['IP', '127.0.0.1'],
    ['IP', '169.254.169.254'],
    ['CIDR', '172.16.0.0/24'],
    ['IPv6', 'fe80::1'],
    ['IPv6', 'fd00::1'],
    ['URL', 'http://192.168.1.1/admin'],
  ])('private covers %s %s', (type, value) => {
    expect(entryFor(['Private'], type, value)).toContain('private (');
  });

  it('knows a file by any of its hashes', () => {
    const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
    expect(entryFor([md5], 'File', 'aa', { md5 })).toBe(md5);
  });

  it('bears any text in a value', () => {
    for (const value of ['http://', 'http://[', '@', '', 'http://[]:@/', '..', '/']) {
      for (const type of ['URL', 'Email', 'Domain', 'IP', 'CIDR']) {
        expect(entryFor(['acme.example', 'private', ' '], type, value)).toBeNull();
      }
    }
  });
});

describe('mapFiltered', () => {
  const options = { source: 'OpenCTI' };

  it('maps what passes', () => {
    const result = mapFiltered(indicator(), options, compileFilter({ minimumScore: 10 }), now);
    expect(result.ok && result.indicators).toMatchObject([{ value: '8.8.8.8' }]);
  });

  it('gives the reason of the filter for what does not', () => {
    const result = mapFiltered(indicator(), options, compileFilter({ minimumScore: 60 }), now);
    expect(result).toMatchObject({
      ok: false,
      reason: 'score-below',
      leftOut: [{ reason: 'score-below' }],
    });
  });

  it('leaves single values out, and says so', () => {
    const object = indicator({ pattern: "[ipv4-addr:value IN ('8.8.8.8', '10.0.0.1')]" });
    const result = mapFiltered(object, options, compileFilter({ neverPush: ['private'] }), now);
    expect(result.ok && result.indicators).toMatchObject([{ value: '8.8.8.8' }]);
    expect(result.leftOut).toMatchObject([{ reason: 'never-push', value: '10.0.0.1' }]);
    expect(result.leftOut[0]?.detail).not.toContain('10.0.0.1');
  });

  it('sends nothing where all values are never to be pushed', () => {
    const result = mapFiltered(
      indicator(),
      options,
      compileFilter({ neverPush: ['8.8.8.0/24'] }),
      now,
    );
    expect(result).toMatchObject({ ok: false, reason: 'never-push' });
  });

  it('does not ask for the kind of event', () => {
    const filter = compileFilter({ eventTypes: ['create'] });
    expect(mapFiltered(indicator(), options, filter, now).ok).toBe(true);
  });
});
