/** The extension that OpenCTI puts on every object it exports (OpenCTI `stix-2-1-extensions`). */
export const openctiExtensionId = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** A STIX object as it came over the wire: id and type are checked, every other key is kept as sent. */
export interface StixObject {
  id: string;
  type: string;
  extensions?: unknown;
  [key: string]: unknown;
}

/**
 * OpenCTI's own attributes of an object. Only the known names are listed; none is checked, so each
 * is `unknown` and whoever reads it looks at its type first. Empty values are left out by the
 * platform, while `0` and `false` are sent and mean what they say.
 */
export interface OpenctiExtension {
  /** The internal uuid: the one key that stays the same when pattern and STIX id change. */
  id?: unknown;
  /** OpenCTI's entity type, for example `Indicator`. */
  type?: unknown;
  created_at?: unknown;
  updated_at?: unknown;
  is_inferred?: unknown;
  /** Other STIX ids of the same object, for example the producer's. */
  stix_ids?: unknown;
  /** Internal id of the author. */
  created_by_ref_id?: unknown;
  /** 0 to 100, indicators only. */
  score?: unknown;
  /** Whether detection systems should use it, indicators only. */
  detection?: unknown;
  main_observable_type?: unknown;
  observable_values?: unknown;
  [key: string]: unknown;
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The OpenCTI extension of an object, or null where there is none. Other extensions are never
 * looked at: MITRE's has attributes of the same names with another meaning.
 */
export function openctiExtension(object: StixObject): OpenctiExtension | null {
  const { extensions } = object;
  if (!isJsonObject(extensions) || !Object.hasOwn(extensions, openctiExtensionId)) return null;
  const extension = extensions[openctiExtensionId];
  return isJsonObject(extension) ? extension : null;
}

/** OpenCTI's internal id of an object (the entity), or null where the object does not carry one. */
export function entityIdOf(object: StixObject): string | null {
  const id = openctiExtension(object)?.id;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Whether the object is a STIX indicator. */
export function isIndicator(object: StixObject): boolean {
  return object.type === 'indicator';
}
