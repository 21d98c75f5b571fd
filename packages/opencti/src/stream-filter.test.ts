import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStreamFilter } from './stream-filter.ts';

const NOTHING = { mode: 'and', rules: [], groups: [] };

it('reads rules, their modes and groups within groups', () => {
  const text = JSON.stringify({
    mode: 'and',
    filters: [
      { key: ['entity_type'], values: ['Indicator'], operator: 'eq', mode: 'or' },
      { key: 'revoked', values: ['false'] },
    ],
    filterGroups: [
      {
        mode: 'or',
        filters: [{ key: ['x_opencti_score'], values: ['50'], operator: 'gte', mode: 'and' }],
        filterGroups: [],
      },
    ],
  });
  expect(parseStreamFilter(text)).toEqual({
    mode: 'and',
    rules: [
      { keys: ['entity_type'], operator: 'eq', mode: 'or', values: ['Indicator'] },
      { keys: ['revoked'], operator: 'eq', mode: 'or', values: ['false'] },
    ],
    groups: [
      {
        mode: 'or',
        rules: [{ keys: ['x_opencti_score'], operator: 'gte', mode: 'and', values: ['50'] }],
        groups: [],
      },
    ],
  });
});

it('takes values of relation filters as their JSON', () => {
  const filter = {
    mode: 'and',
    filters: [{ key: ['regardingOf'], values: [{ key: 'type', values: ['uses'] }] }],
  };
  expect(parseStreamFilter(JSON.stringify(filter))?.rules[0]?.values).toEqual([
    '{"key":"type","values":["uses"]}',
  ]);
});

it.each([null, '', ' ', '{}', '{"mode":"and","filters":[],"filterGroups":null}'])(
  'takes %j for a filter that says nothing',
  (text) => expect(parseStreamFilter(text)).toEqual(NOTHING),
);

it.each([
  '[',
  '[]',
  '7',
  '{"filters":{}}',
  '{"filters":[7]}',
  '{"filters":[{"values":["x"]}]}',
  '{"filterGroups":[null]}',
])('does not guess at %j', (text) => expect(parseStreamFilter(text)).toBeNull());

it('does not follow groups without end', () => {
  const deep = `${'{"filterGroups":['.repeat(50_000)}{}${']}'.repeat(50_000)}`;
  expect(parseStreamFilter(deep)).toBeNull();
});

it('throws on no text at all', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const filter = parseStreamFilter(text);
      expect(filter === null || Array.isArray(filter.rules)).toBe(true);
    }),
  );
});
