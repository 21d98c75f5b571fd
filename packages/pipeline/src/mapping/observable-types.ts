/**
 * The observables that are counted by name: those of STIX 2.1 and of OpenCTI, as a pattern spells
 * them. The set is closed because it labels metrics and patterns may hold any word at all.
 */
export const OBSERVABLE_TYPES = [
  'artifact',
  'autonomous-system',
  'bank-account',
  'credential',
  'cryptocurrency-wallet',
  'cryptographic-key',
  'directory',
  'domain-name',
  'email-addr',
  'email-message',
  'email-mime-part-type',
  'file',
  'hostname',
  'iccid',
  'imei',
  'imsi',
  'ipv4-addr',
  'ipv6-addr',
  'mac-addr',
  'media-content',
  'mutex',
  'network-traffic',
  'payment-card',
  'persona',
  'phone-number',
  'process',
  'software',
  'ssh-key',
  'text',
  'tracking-number',
  'url',
  'user-account',
  'user-agent',
  'vulnerability',
  'windows-registry-key',
  'windows-registry-value-type',
  'x509-certificate',
  'other',
] as const;
/** One of {@link OBSERVABLE_TYPES}. */
export type ObservableType = (typeof OBSERVABLE_TYPES)[number];

const known: ReadonlySet<string> = new Set(OBSERVABLE_TYPES);

const customPrefix = 'x-opencti-';

/** The object type without the prefix that OpenCTI 4 put before its own types (`x-opencti-mutex`). */
export function plainObjectType(objectType: string): string {
  return objectType.startsWith(customPrefix) ? objectType.slice(customPrefix.length) : objectType;
}

/** The name under which an object type is counted; `other` for everything unknown. */
export function observableTypeOf(objectType: string): ObservableType {
  const plain = plainObjectType(objectType);
  return isObservableType(plain) ? plain : 'other';
}

function isObservableType(name: string): name is ObservableType {
  return known.has(name);
}

// OpenCTI's entity types are the pattern's words with capitals, but for these.
const entityTypeNames = new Map<string, string>([
  ['stixfile', 'file'],
  ['x-opencti-hostname', 'hostname'],
]);

/**
 * The pattern's word for OpenCTI's name of an observable type (`StixFile` is `file`, `IPv4-Addr` is
 * `ipv4-addr`); a pattern's word stays what it is.
 */
export function observableName(entityType: string): string {
  const lower = entityType.trim().toLowerCase();
  return entityTypeNames.get(lower) ?? plainObjectType(lower);
}
