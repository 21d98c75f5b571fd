import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packContribution, unpackContribution } from './contribution-codec.ts';

const entity = '763f78f8-38d6-5921-a74c-c96c55b7dbc4';
const key = 'URL:https://cdn.portal.example/0/dl.exe';
const contribution = JSON.stringify({
  value: 'https://cdn.portal.example/0/dl.exe',
  indicator_type: 'URL',
  score: 2,
  source: 'OpenCTI',
  manualScore: true,
  expiration: null,
  manualExpirationTime: null,
  CustomFields: {
    tags: ['APT28'],
    trafficlightprotocol: null,
    reportedby: ['ACME CTI'],
    stixid: 'indicator--368f636f-fb72-53a9-8bf2-80e42b84085c',
    description: 'Phishing page',
    firstseenbysource: '2026-11-24T20:38:02.323Z',
    lastseenbysource: '2026-11-24T20:38:02.323Z',
  },
  id: entity,
  timestamp: '2026-11-24T20:38:02.323Z',
});

it('gives back what was packed, whatever it holds', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), fc.string({ unit: 'grapheme' }), (json, id, valueKey) => {
      expect(unpackContribution(packContribution(json, id, valueKey), id, valueKey)).toBe(json);
    }),
  );
});

it('gives back what looks like a UUID, a time or a digest, and is none', () => {
  const odd = fc.constantFrom(
    entity,
    entity.toUpperCase(),
    '2026-02-30T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '0000-01-01T00:00:00.000Z',
    '2026-11-24T20:38:02.323Z',
    'ab'.repeat(16),
    'a'.repeat(33),
    'f'.repeat(510),
    '0'.repeat(1_025),
  );
  fc.assert(
    fc.property(fc.array(odd), fc.string(), (texts, glue) => {
      const json = JSON.stringify(texts.join(glue));
      expect(unpackContribution(packContribution(json, entity, key), entity, key)).toBe(json);
    }),
  );
});

it('takes less than a fifth of the place for a usual one', () => {
  expect(packContribution(contribution, entity, key).length).toBeLessThan(contribution.length / 5);
});

it.each([
  [
    1,
    'AUOEFRGKsQUnqHymLDTJ97VjQIiRBUlFjpKjs6+rAshZOPIho1l/cv7vouCV3Z8anmi3cMRgZMwAaJmtUJCYnoojnzExLuJ3XxiMPbvBJGHJGTPuUNM3XD0A',
  ],
  [
    2,
    'AkNkAyIUE8wpdE7PjgEhRhYkFbFKjs6+rgogZ+EqU836k/N/FwWv7P7U8ES7hSMGo4wNgDZhFQoS01NxFqKL+N0XBuNKVniKJQA=',
  ],
])('reads form %i for ever, since Redis holds it', (form, stored) => {
  // Made by the first version with this form. Another dictionary needs another form.
  const packed = Buffer.from(stored, 'base64');
  expect(packed[0]).toBe(form);
  expect(unpackContribution(packed, entity, key)).toBe(contribution);
});

it('reads what was packed with a digest within a word, which is in the dictionary as it was then', () => {
  const value = 'https://cdn.portal.example/dl_0123456789abcdef0123456789abcdef';
  const json = JSON.stringify({ value, indicator_type: 'URL', score: 2 });
  const stored = Buffer.from('AkPkCVJ1EsxDRrUA', 'base64');
  expect(unpackContribution(stored, entity, `URL:${value}`)).toBe(json);
});

it('writes the newest form', () => {
  expect(packContribution(contribution, entity, key)[0]).toBe(2);
});

it('reads plain JSON, and refuses a form of a later version', () => {
  expect(unpackContribution(Buffer.from(contribution), entity, key)).toBe(contribution);
  expect(() => unpackContribution(Buffer.of(9, 1, 2), entity, key)).toThrow('cannot read');
});

it('gives back times and ids that repeat, between others too', () => {
  const times = [
    '2026-11-24T20:38:02.323Z',
    '2027-01-01T00:00:00.000Z',
    '2026-02-30T00:00:00.000Z',
  ];
  const texts = fc.array(fc.constantFrom(...times, entity, key, entity.toUpperCase()));
  fc.assert(
    fc.property(texts, fc.constantFrom(entity, times[0] ?? '', 'ab'.repeat(16)), (some, id) => {
      const json = JSON.stringify(some);
      expect(unpackContribution(packContribution(json, id, key), id, key)).toBe(json);
    }),
  );
});
