import { mitreExtensionId, openctiExtensionId, type StixObject } from '../stix/object.ts';
import { indicatorStixId, internalIdOf } from '../stix/uuid.ts';

/** A small indicator for tests; `n` makes its ids and value. */
export function indicator(
  n: number,
  changes: Record<string, unknown> = {},
  extension: Record<string, unknown> = {},
): StixObject {
  const pattern = `[ipv4-addr:value = '203.0.113.${n}']`;
  const at = new Date(Date.UTC(2026, 7, 20, 9, 0, n)).toISOString();
  return {
    id: indicatorStixId(pattern),
    spec_version: '2.1',
    type: 'indicator',
    extensions: {
      [openctiExtensionId]: {
        extension_type: 'property-extension',
        id: internalIdOf(`test-${n}`),
        type: 'Indicator',
        created_at: at,
        updated_at: at,
        is_inferred: false,
        detection: true,
        score: 70,
        ...extension,
      },
      [mitreExtensionId]: { extension_type: 'property-extension' },
    },
    created: at,
    modified: at,
    revoked: false,
    confidence: 85,
    name: `203.0.113.${n}`,
    pattern,
    pattern_type: 'stix',
    valid_from: at,
    ...changes,
  };
}
