import { mitreExtensionId, openctiExtensionId, type StixObject } from '../stix/object.ts';
import { identityStixId, internalIdOf } from '../stix/uuid.ts';

const names: readonly [string, string, string][] = [
  ['Northwind CERT', 'organization', 'Organization'],
  ['Contoso Threat Research', 'organization', 'Organization'],
  ['ACME CTI', 'organization', 'Organization'],
  ['Fabrikam Malware Lab', 'organization', 'Organization'],
  ['Tailspin Honeypots', 'system', 'System'],
  ['Energy ISAC', 'class', 'Sector'],
  ["Jean-Luc d'Arc", 'individual', 'Individual'],
  ['Zoë Müller', 'individual', 'Individual'],
];

const since = '2026-01-14T10:22:41.120Z';

/** An author as OpenCTI holds it. */
export function identity(
  name: string,
  identityClass = 'organization',
  type = 'Organization',
): StixObject {
  const id = identityStixId(identityClass, name);
  return {
    id,
    spec_version: '2.1',
    type: 'identity',
    extensions: {
      [openctiExtensionId]: {
        extension_type: 'property-extension',
        id: internalIdOf(id),
        type,
        created_at: since,
        updated_at: since,
        is_inferred: false,
        creator_ids: ['1f0c6b1e-6a0b-4d0e-9a52-0c7f2b0e51aa'],
      },
      [mitreExtensionId]: { extension_type: 'property-extension' },
    },
    created: since,
    modified: since,
    revoked: false,
    confidence: 100,
    lang: 'en',
    name,
    identity_class: identityClass,
  };
}

/** The authors of generated indicators. */
export const authors: readonly StixObject[] = names.map(([name, identityClass, type]) =>
  identity(name, identityClass, type),
);
