import { expect, it } from 'vitest';
import { TYPE_FIELDS } from './custom-fields.ts';
import { xsoarNeeds } from './needs.ts';

it('names every type and field that the mapping may write', () => {
  const { types, fields } = xsoarNeeds({});
  expect(types).toEqual(expect.arrayContaining(['IP', 'CIDR', 'Domain', 'File', 'Account']));
  expect(fields).toEqual(expect.arrayContaining(['tags', 'stixid', 'sha256', 'keyvalue']));
  for (const { type } of TYPE_FIELDS) {
    for (const one of type.split(', ')) expect(types).toContain(one);
  }
});

it('has what the operator has added', () => {
  const extraTypes = new Map([['user-agent:value', 'User Agent']]);
  const { types, fields } = xsoarNeeds({ extraTypes, reliabilityField: 'sourcereliability' });
  expect(types).toContain('User Agent');
  expect(fields).toContain('sourcereliability');
});
