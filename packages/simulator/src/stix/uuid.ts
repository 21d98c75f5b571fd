import { hash } from 'node:crypto';

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the 8-4-4-4-12 form of a UUID, whatever its version. */
export function isUuid(text: string): boolean {
  return uuidShape.test(text);
}

const namespaceBytes = new Map<string, Buffer>();

function bytesOf(namespace: string): Buffer {
  const known = namespaceBytes.get(namespace);
  if (known) return known;
  if (!isUuid(namespace)) throw new TypeError(`not a UUID: ${namespace}`);
  const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  namespaceBytes.set(namespace, bytes);
  return bytes;
}

/** Where namespace and name are put together: generated feeds hash one name per event. */
let scratch = Buffer.alloc(4096);

/** The UUID version 5 (RFC 9562) of `name` in `namespace`; throws if `namespace` is no UUID. */
export function uuidV5(namespace: string, name: string): string {
  const prefix = bytesOf(namespace);
  if (scratch.length < 16 + name.length * 3) scratch = Buffer.alloc(16 + name.length * 3);
  prefix.copy(scratch);
  const end = 16 + scratch.write(name, 16);
  const hex = hash('sha1', scratch.subarray(0, end), 'hex');
  // The four bits of the version, and the two of the variant.
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Namespace in which OpenCTI (and the STIX 2.1 specification, for SCOs) derives ids. */
const stixNamespace = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** Our own namespace for OpenCTI's internal ids of objects that come from files. */
const internalNamespace = '5b1f6f3c-6d1e-4a55-9a0b-7f2f6f0c9d31';

/**
 * The STIX id that OpenCTI gives to an indicator: it is derived from the pattern
 * alone, so that it changes when the pattern does.
 */
export function indicatorStixId(pattern: string): string {
  return `indicator--${uuidV5(stixNamespace, JSON.stringify({ pattern }))}`;
}

/** The STIX id that OpenCTI gives to an identity. */
export function identityStixId(identityClass: string, name: string): string {
  const key = JSON.stringify({ identity_class: identityClass, name: name.trim().toLowerCase() });
  return `identity--${uuidV5(stixNamespace, key)}`;
}

/** A stable stand-in for OpenCTI's internal id of an object known only by its STIX id. */
export function internalIdOf(stixId: string): string {
  return uuidV5(internalNamespace, stixId);
}
