import { isRecord } from '../http/body.ts';
import {
  entityIdOf,
  extensionOf,
  mitreExtensionId,
  openctiExtensionId,
  type StixObject,
} from '../stix/object.ts';
import { internalIdOf } from '../stix/uuid.ts';

/** OpenCTI's observable types by the STIX type that a pattern names. */
const observableTypes: ReadonlyMap<string, string> = new Map([
  ['ipv4-addr', 'IPv4-Addr'],
  ['ipv6-addr', 'IPv6-Addr'],
  ['domain-name', 'Domain-Name'],
  ['email-addr', 'Email-Addr'],
  ['mac-addr', 'Mac-Addr'],
  ['url', 'Url'],
  ['hostname', 'Hostname'],
  ['file', 'StixFile'],
  ['mutex', 'Mutex'],
  ['windows-registry-key', 'Windows-Registry-Key'],
  ['user-account', 'User-Account'],
  ['autonomous-system', 'Autonomous-System'],
  ['process', 'Process'],
  ['network-traffic', 'Network-Traffic'],
  ['directory', 'Directory'],
  ['software', 'Software'],
  ['email-message', 'Email-Message'],
  ['x509-certificate', 'X509-Certificate'],
]);

/** What OpenCTI shows as the main type: here simply that of the pattern's first comparison. */
function mainType(pattern: string): string {
  const match = /^[[(\s]*([a-z0-9-]+):/.exec(pattern.slice(0, 200));
  return observableTypes.get(match?.[1] ?? '') ?? 'Unknown';
}

const isScore = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 100;

/** Why OpenCTI would not take this indicator; null when it would. */
export function refusalOf(object: StixObject): string | null {
  const { pattern } = object;
  if (typeof pattern !== 'string' || pattern.trim() === '') return 'indicator without a pattern';
  return null;
}

/**
 * An indicator from a file as OpenCTI would hold it after an import at `nowMs`: what
 * is missing gets the platform's defaults (pattern type `stix`, score 50, confidence
 * 100, not revoked), and the OpenCTI extension is added. The STIX id stays that of the
 * file and gives the internal id, so that reading a file twice makes no new entities.
 */
export function importIndicator(
  object: StixObject,
  nowMs: number,
  authorId: string | null,
): StixObject {
  const now = new Date(nowMs).toISOString();
  const own = extensionOf(object) ?? {};
  const text = (key: string): string | null =>
    typeof object[key] === 'string' && object[key] !== '' ? object[key] : null;
  const pattern = text('pattern') ?? '';
  const score = [own.score, object.x_opencti_score].find(isScore) ?? 50;
  const created = text('created') ?? now;
  const extensions = isRecord(object.extensions) ? object.extensions : {};
  const author = text('created_by_ref') ?? authorId;
  return {
    ...object,
    spec_version: '2.1',
    created,
    modified: text('modified') ?? created,
    revoked: object.revoked === true,
    confidence: typeof object.confidence === 'number' ? object.confidence : 100,
    lang: text('lang') ?? 'en',
    name: text('name') ?? pattern,
    pattern,
    pattern_type: text('pattern_type') ?? 'stix',
    valid_from: text('valid_from') ?? created,
    ...(author === null ? {} : { created_by_ref: author }),
    extensions: {
      ...extensions,
      [openctiExtensionId]: {
        extension_type: 'property-extension',
        type: 'Indicator',
        created_at: now,
        is_inferred: false,
        creator_ids: ['7b7c3f6a-2c1d-4a70-8a4c-5d0c9e4b7a10'],
        detection: false,
        main_observable_type: mainType(pattern),
        ...own,
        id: entityIdOf(object) ?? internalIdOf(object.id),
        updated_at: now,
        score,
      },
      [mitreExtensionId]: { extension_type: 'property-extension' },
    },
  };
}

/** An identity or a marking as OpenCTI would hold it. */
export function importReference(object: StixObject, nowMs: number): StixObject {
  if (entityIdOf(object) !== null) return object;
  const now = new Date(nowMs).toISOString();
  const extensions = isRecord(object.extensions) ? object.extensions : {};
  const type = object.type === 'identity' ? 'Organization' : 'Marking-Definition';
  const own = {
    extension_type: 'property-extension',
    id: internalIdOf(object.id),
    type,
    created_at: now,
    updated_at: now,
    is_inferred: false,
  };
  return {
    ...object,
    spec_version: '2.1',
    extensions: { ...extensions, [openctiExtensionId]: own },
  };
}
