import { type MappingOptions, mapIndicator } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { type GoldenCase, goldenCases, hasGolden } from './golden-cases.ts';
import {
  CHANGED,
  type IntendedDifference,
  NEWLY_SENT,
  NO_LONGER_SENT,
} from './intended-differences.ts';

const options: MappingOptions = {
  source: 'OpenCTI PAN Cortex XSOAR Intel',
  authorName: (ref) =>
    ref === 'identity--f1252f7b-d79f-5fa0-a0a8-f257c6d774c0' ? 'Acme CERT' : undefined,
};

// A delete needs no mapping, and the merge and the broken envelopes carry nothing to map.
const events = goldenCases().filter(
  ({ operation, object }) => (operation === 'create' || operation === 'update') && object !== null,
);

/** The facts that must stay the same, in one shape for both connectors. */
interface Facts {
  id: unknown;
  type: unknown;
  value: unknown;
  score: unknown;
  source: unknown;
  tlp: unknown;
  tags: unknown;
  expiration: unknown;
  manualExpirationTime: unknown;
  firstSeen: unknown;
  timestamp: unknown;
  author: unknown;
  stixid: unknown;
  description: unknown;
}

function before({ sent, object }: GoldenCase): Facts | null {
  if (sent === null) return null;
  const { CustomFields: custom } = sent;
  return {
    // A recording whose extension has no id sent none: the hint is then the STIX id.
    id: sent.id ?? object?.id,
    type: sent.indicator_type,
    value: sent.value,
    score: sent.score,
    source: sent.source,
    tlp: custom.trafficlightprotocol ?? null,
    tags: custom.tags ?? [],
    expiration: sent.expiration ?? null,
    manualExpirationTime: sent.manualExpirationTime ?? null,
    firstSeen: sent.firstSeen ?? null,
    timestamp: sent.timestamp ?? null,
    author: custom.reportedby ?? null,
    stixid: custom.stixid,
    description: custom.description ?? null,
  };
}

function now({ object }: GoldenCase): Facts[] {
  if (object === null) return [];
  const result = mapIndicator(object, options);
  if (!result.ok) return [];
  return result.indicators.map((indicator) => {
    const { CustomFields: custom } = indicator;
    const authors = custom.reportedby;
    return {
      id: indicator.id,
      type: indicator.indicator_type,
      value: indicator.value,
      score: indicator.score,
      source: indicator.source,
      tlp: custom.trafficlightprotocol ?? null,
      tags: custom.tags ?? [],
      expiration: indicator.expiration ?? null,
      manualExpirationTime: indicator.manualExpirationTime ?? null,
      firstSeen: indicator.firstSeen ?? null,
      timestamp: indicator.timestamp ?? null,
      author: Array.isArray(authors) ? (authors[0] ?? null) : null,
      stixid: custom.stixid,
      description: custom.description ?? null,
    };
  });
}

function casesOf(differences: readonly IntendedDifference[]): Set<string> {
  return new Set(differences.flatMap(({ cases }) => cases));
}

const changed = casesOf(CHANGED);
const noLongerSent = casesOf(NO_LONGER_SENT);
const newlySent = casesOf(NEWLY_SENT);

describe.skipIf(!hasGolden)('events as the Python connector sent them (../shared/golden)', () => {
  it.each(
    events
      .filter(({ sent }) => sent !== null)
      .filter(
        ({ case: name }) => !changed.has(name) && !noLongerSent.has(name) && !newlySent.has(name),
      )
      .map((event) => [event.name, event] as const),
  )('%s is sent with the same id, type, value, score, TLP, tags and dates', (_name, event) => {
    expect(now(event)).toEqual([before(event)]);
  });

  it.each([...changed].map((name) => [name]))(
    '%s differs as the list says, and really does',
    (name) => {
      const mine = events.filter((event) => event.case === name);
      expect(mine.length).toBeGreaterThan(0);
      for (const event of mine) {
        const facts = now(event);
        expect(facts.length, event.name).toBeGreaterThan(0);
        expect(facts, event.name).not.toEqual([before(event)]);
      }
    },
  );

  it.each([...noLongerSent].map((name) => [name]))('%s was sent and no longer is', (name) => {
    const mine = events.filter((event) => event.case === name);
    expect(mine.length).toBeGreaterThan(0);
    for (const event of mine) {
      expect(event.sent, event.name).not.toBeNull();
      expect(now(event), event.name).toEqual([]);
    }
  });

  it.each([...newlySent].map((name) => [name]))('%s was lost and now is sent', (name) => {
    const mine = events.filter((event) => event.case === name);
    expect(mine.length).toBeGreaterThan(0);
    for (const event of mine) {
      expect(event.outcome === 'sent' && name !== '060-in-set', event.name).toBe(false);
      expect(now(event).length, event.name).toBeGreaterThan(0);
    }
  });

  it('sends nothing else that the Python connector did not send', () => {
    const surprises = events
      .filter(({ sent, case: name }) => sent === null && !newlySent.has(name))
      .filter((event) => now(event).length > 0)
      .map(({ name }) => name);
    expect(surprises).toEqual([]);
  });

  it.each([
    ['002-ipv4-cidr', [['CIDR', '198.51.100.0/24']]],
    [
      '044-or-same-type',
      [
        ['IP', '1.1.1.1'],
        ['IP', '2.2.2.2'],
      ],
    ],
    [
      '045-or-mixed-types',
      [
        ['Domain', 'a.example.com'],
        ['IP', '3.3.3.3'],
      ],
    ],
    [
      '053-parentheses',
      [
        ['IP', '6.6.6.6'],
        ['IP', '7.7.7.7'],
        ['URL', 'http://y.example.com/'],
      ],
    ],
    [
      '060-in-set',
      [
        ['IP', '13.13.13.1'],
        ['IP', '13.13.13.2'],
        ['IP', '13.13.13.3'],
      ],
    ],
    ['070-escaped-quote', [['URL', "https://evil.example.com/it's"]]],
    ['020-autonomous-system', [['ASN', 'AS64512']]],
    ['024-file-ssdeep', [['File', '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C']]],
    ['029-x509-serial', [['X509 Certificate', '36:f7:d4:32:f4:ab:70:ea']]],
  ])('%s becomes what it should', (name, wanted) => {
    const mine = events.filter((event) => event.case === name);
    expect(mine.length).toBeGreaterThan(0);
    for (const event of mine) {
      expect(now(event).map(({ type, value }) => [type, value])).toEqual(wanted);
    }
  });

  it('keeps TLP, tags and expiry of the changed cases as listed', () => {
    const facts = (name: string) =>
      now(events.find((event) => event.case === name) as GoldenCase)[0];
    expect(facts('109-tlp-clear')?.tlp).toBe('WHITE');
    expect(facts('112-tlp-amber-strict')).toMatchObject({
      tlp: 'AMBER',
      tags: ['tlp:amber+strict'],
    });
    expect(facts('128-revoked')?.expiration).toBe('2025-03-04T05:06:07.890Z');
  });
});

if (!hasGolden) {
  it.skip('the recordings of the Python connector (../shared/golden) are not here', () => {});
}
