/**
 * Hostile events all the way, from the text on the wire to what would be pushed:
 * never an exception, and each one is accounted for by a word from a closed set.
 */
import { parseMessage } from '@xsoar-intel/opencti';
import {
  compileFilter,
  FILTER_REASONS,
  mapFiltered,
  newestOf,
  relevanceOf,
  SKIP_REASONS,
} from '@xsoar-intel/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contributionsOf,
  mergeContributions,
} from '../../packages/pipeline/src/mapping/contribution.ts';

const EXTENSION = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
const REASONS: readonly string[] = [...SKIP_REASONS, ...FILTER_REASONS];
const LIMITS = { maxEventBytes: 100_000 };
const RELEVANCE = { listenDelete: true, recovering: true, eventTypes: [] };
const MAPPING = { source: 'OpenCTI', authorName: (ref: string) => ref, defaultConfidence: 50 };
const FILTER = compileFilter({});

/** Puts one event through everything that reads it; returns the words that account for it. */
function swallow(name: string, id: string, text: string): string[] {
  const message = parseMessage(name, id, text, LIMITS);
  if (message.kind === 'rejected') {
    expect(message.excerpt.length).toBeLessThanOrEqual(512);
    expect(message.detail.length).toBeLessThanOrEqual(512);
    return [`rejected: ${message.reason}`];
  }
  if (message.kind !== 'entity') return [message.kind];
  const { puts, authors, outcome } = relevanceOf(message, RELEVANCE);
  for (const [, author] of authors) expect(author.length).toBeLessThanOrEqual(256);
  const words: string[] = [outcome];
  for (const put of newestOf(puts)) {
    // It becomes a part of keys.
    expect(put.entityId).toMatch(/^[\w.:-]{1,128}$/);
    if (put.operation === 'delete') continue;
    const mapped = mapFiltered(JSON.parse(put.payload), MAPPING, FILTER, Date.now());
    if (!mapped.ok) {
      expect(REASONS).toContain(mapped.reason);
      words.push(mapped.reason);
      continue;
    }
    for (const { key, contribution } of contributionsOf(mapped.indicators)) {
      expect(key.length).toBeLessThan(4_096);
      expect(mergeContributions([contribution])?.desired.value).toBeTypeOf('string');
    }
    words.push('mapped');
  }
  return words;
}

const unpolluted = (): void => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
};

const name = fc.constantFrom('create', 'update', 'delete', 'merge');
const hostileKey = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'length', 'then'),
  fc.string({ maxLength: 8 }),
);
const hostileText = fc.oneof(
  fc.constantFrom(
    ...['\u0000', '\ud800', '\u202e', '{{7*7}}', '<script>', '../../..', "' OR '1'='1", '\r\n\r\n'],
    'x'.repeat(50_000),
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const anything = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53),
    hostileText,
    fc.array(tie('any'), { maxLength: 3 }),
    fc
      .array(fc.tuple(hostileKey, tie('any')), { maxLength: 3 })
      .map((members) =>
        JSON.parse(
          `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
        ),
      ),
  ),
})).any;

/** A good indicator event; the test spoils it. */
const good = () => ({
  version: '4',
  type: 'update',
  scope: 'external',
  message: 'x',
  origin: {},
  context: { sources: [] as unknown[] },
  data: {
    id: 'indicator--7885e356-e100-56e6-8818-0c86a8574da6',
    type: 'indicator',
    spec_version: '2.1',
    extensions: {
      [EXTENSION]: {
        extension_type: 'property-extension',
        id: '9c4b6a44-2c26-4c53-8b43-9b1b1b1b1b1b',
        type: 'Indicator',
        score: 70,
        created_at: '2026-01-01T00:00:00.000Z',
        updated_at: '2026-01-01T00:00:00.000Z',
        observable_values: [{ type: 'IPv4-Addr', value: '203.0.113.9' }],
      },
    },
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    valid_from: '2026-01-01T00:00:00.000Z',
    valid_until: '2027-01-01T00:00:00.000Z',
    revoked: false,
    confidence: 85,
    labels: ['a'],
    name: '203.0.113.9',
    description: 'text',
    pattern: "[ipv4-addr:value = '203.0.113.9']",
    pattern_type: 'stix',
    object_marking_refs: ['marking-definition--1'],
    created_by_ref: 'identity--1',
    external_references: [{ source_name: 's', url: 'https://example.com/' }],
    kill_chain_phases: [{ kill_chain_name: 'k', phase_name: 'p' }],
  },
});

/** Every place of the event, as a path of keys. */
function paths(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key]))];
}
const PATHS = paths(good()).filter((path) => path.length > 0);

function spoil(path: readonly string[], value: unknown): string {
  const event: unknown = good();
  let place = event as Record<string, unknown>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[path.at(-1) ?? ''] = value;
  return JSON.stringify(event);
}

describe('a hostile event is accounted for and harms nobody', { timeout: 60_000 }, () => {
  it('a good one is mapped: the others are compared with something', () => {
    expect(swallow('update', '10-0', JSON.stringify(good()))).toEqual(['queued', 'mapped']);
  });

  it('with anything in any of its fields', () => {
    fc.assert(
      fc.property(name, fc.constantFrom(...PATHS), anything, (event, path, value) => {
        expect(swallow(event, '10-0', spoil(path, value)).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
    unpolluted();
  });

  it('with the wrong simple type in every single field', () => {
    for (const path of PATHS) {
      for (const value of [null, 0, -1.5, '', true, [], {}, [null], { __proto__: null }]) {
        expect(swallow('update', '10-0', spoil(path, value)).length).toBeGreaterThan(0);
        expect(swallow('merge', '10-0', spoil(path, value)).length).toBeGreaterThan(0);
      }
    }
  });

  it('that is any text under any name and id', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), anything.map(toJson));
    fc.assert(
      fc.property(fc.oneof(name, fc.string()), fc.string(), text, (event, id, data) => {
        expect(swallow(event, id, data).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
    unpolluted();
  });

  it('that is a good one cut off anywhere, or with a byte changed', () => {
    const whole = JSON.stringify(good());
    const place = fc.nat(whole.length - 1);
    fc.assert(
      fc.property(place, fc.boolean(), fc.string({ minLength: 1, maxLength: 1 }), (at, cut, by) => {
        const text = cut ? whole.slice(0, at) : whole.slice(0, at) + by + whole.slice(at + 1);
        expect(swallow('update', '10-0', text).length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, string, string]>([
    ['nested too deeply', nestedEvent(20_000), 'rejected: wrong-shape'],
    ['too large', spoil(['data', 'description'], 'x'.repeat(200_000)), 'rejected: too-large'],
    [
      'with a prototype in it',
      `{"data":{"__proto__":{"polluted":1},"id":"a","type":"indicator"}}`,
      'rejected: wrong-shape',
    ],
    [
      'whose id is no key',
      spoil(['data', 'extensions', EXTENSION, 'id'], 'a} b\r\nDEL *'),
      'rejected: wrong-shape',
    ],
    ['with a huge pattern', spoil(['data', 'pattern'], '['.repeat(60_000)), 'queued'],
    ['that is a list', '[]', 'rejected: wrong-shape'],
    ['that is a number', '1e999', 'rejected: wrong-shape'],
  ])('%s', (_, text, word) => {
    expect(swallow('update', '10-0', text)[0]).toBe(word);
    unpolluted();
  });
});

function toJson(value: unknown): string {
  return JSON.stringify({ data: value });
}

/** Deeper than JSON.stringify, and other recursive code, can go. */
function nestedEvent(depth: number): string {
  return spoil(['data', 'labels'], 'DEEP').replace(
    '"DEEP"',
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
  );
}
