import { expect, test } from 'vitest';
import { identityStixId, indicatorStixId, internalIdOf, isUuid, uuidV5 } from './uuid.ts';

test('UUIDs of version 5 are those of the standard', () => {
  // The example of RFC 9562, appendix A.4.
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
  expect(() => uuidV5('nonsense', 'x')).toThrow(TypeError);
});

test('STIX ids of indicators and identities follow the rules of OpenCTI', () => {
  expect(indicatorStixId("[ipv4-addr:value = '203.0.113.77']")).toBe(
    'indicator--5c8199b1-1d87-5581-8529-00573648bf17',
  );
  expect(identityStixId('organization', 'Northwind CERT')).toBe(
    'identity--10994d1d-1852-5421-ba2a-133eaedccaf6',
  );
});

test('internal ids are stable and differ', () => {
  expect(internalIdOf('a')).toBe(internalIdOf('a'));
  expect(internalIdOf('a')).not.toBe(internalIdOf('b'));
  expect(isUuid(internalIdOf('a'))).toBe(true);
});
