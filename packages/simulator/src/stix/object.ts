import { isRecord } from '../http/body.ts';

/** A STIX object as OpenCTI sends it; what is not named here is kept as it is. */
export interface StixObject {
  id: string;
  type: string;
  [key: string]: unknown;
}

/** Key of the extension in which OpenCTI puts its own facts about an object. */
export const openctiExtensionId = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
/** Key of the extension for MITRE facts; nearly empty on indicators. */
export const mitreExtensionId = 'extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b';

/** True for a JSON object with the two properties that every STIX object has. */
export function isStixObject(value: unknown): value is StixObject {
  return isRecord(value) && typeof value.id === 'string' && typeof value.type === 'string';
}

/** The OpenCTI extension of an object, or null when there is none. */
export function extensionOf(object: StixObject): Record<string, unknown> | null {
  const extensions = object.extensions;
  if (!isRecord(extensions)) return null;
  const own = extensions[openctiExtensionId];
  return isRecord(own) ? own : null;
}

/** OpenCTI's internal id: the stable key of an entity. Null when the object has none. */
export function entityIdOf(object: StixObject): string | null {
  const id = extensionOf(object)?.id;
  return typeof id === 'string' && id !== '' ? id : null;
}

let lastDate = '';
let lastDateMs = Number.NaN;

/** When the platform last changed the object, in epoch ms; 0 when it does not say. */
export function updatedAtOf(object: StixObject): number {
  const stated = extensionOf(object)?.updated_at ?? object.modified;
  if (typeof stated !== 'string') return 0;
  // At full speed hundreds of objects have the same time.
  if (stated !== lastDate) {
    lastDate = stated;
    lastDateMs = Date.parse(stated);
  }
  return Number.isNaN(lastDateMs) ? 0 : lastDateMs;
}

/** The strings of a list property; anything else counts as an empty list. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A human name for an object: what OpenCTI puts into its messages. */
export function nameOf(object: StixObject): string {
  const name = object.name ?? object.value ?? object.relationship_type;
  return typeof name === 'string' && name !== '' ? name : object.id;
}

/** The OpenCTI type name of an object, e.g. `Indicator` or `Organization`. */
export function entityTypeOf(object: StixObject): string {
  const stated = extensionOf(object)?.type;
  if (typeof stated === 'string' && stated !== '') return stated;
  return object.type
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-');
}
