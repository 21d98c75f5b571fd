import { createHash } from 'node:crypto';
import type { StixObject } from '@xsoar-intel/simulator';

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The OpenCTI id of a test's indicator. */
export const entityIdOf = (name: string): string => uuid(`entity ${name}`);

/** A numbered indicator of a test: one domain, `score` tells its states apart. */
export function domainIndicator(name: string, score = 70): StixObject {
  const pattern = `[domain-name:value = '${name}']`;
  const at = '2026-01-01T00:00:00.000Z';
  return {
    id: `indicator--${uuid(pattern)}`,
    type: 'indicator',
    spec_version: '2.1',
    extensions: {
      [OPENCTI]: {
        extension_type: 'property-extension',
        id: entityIdOf(name),
        type: 'Indicator',
        created_at: at,
        updated_at: at,
        is_inferred: false,
        detection: true,
        score,
      },
    },
    created: at,
    modified: at,
    revoked: false,
    confidence: 85,
    name,
    pattern,
    pattern_type: 'stix',
    valid_from: at,
  };
}

/** The operation that creates it, with what must come of it. */
export const createDomain = (name: string, score = 70) => ({
  kind: 'create' as const,
  object: domainIndicator(name, score),
  expects: { values: [{ type: 'Domain', value: name }], mappable: true },
});

/** The operation that gives it another score. */
export const updateDomain = (name: string, score: number) => ({
  kind: 'update' as const,
  object: domainIndicator(name, score),
  expects: { values: [{ type: 'Domain', value: name }], mappable: true },
});

/** The operation that deletes it. */
export const deleteDomain = (name: string) => ({
  kind: 'delete' as const,
  id: entityIdOf(name),
});
