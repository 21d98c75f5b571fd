import type { StixObject } from '@xsoar-intel/opencti';
import { textOf } from './bounded-text.ts';
import { percentOf } from './score.ts';

/** The extension that OpenCTI puts on every object it exports. */
const openctiExtensionId = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

type Attributes = Readonly<Record<string, unknown>>;

const noAttributes: Attributes = Object.freeze({});

/**
 * The attributes of the OpenCTI extension, empty where there is none. Other extensions have
 * attributes of the same names with another meaning (MITRE's `detection` is a text).
 */
export function openctiAttributes(object: StixObject): Attributes {
  const extensions = object.extensions;
  if (typeof extensions !== 'object' || extensions === null) return noAttributes;
  if (!Object.hasOwn(extensions, openctiExtensionId)) return noAttributes;
  const attributes = (extensions as Attributes)[openctiExtensionId];
  if (typeof attributes !== 'object' || attributes === null) return noAttributes;
  return attributes as Attributes;
}

// Both kinds of id are a word and a UUID at most; what is longer is no id.
const longestId = 128;

/** OpenCTI's internal id; the STIX id where the extension lacks it, as in the Python connector. */
export function idOf(object: StixObject, attributes: Attributes): string | undefined {
  return idText(attributes.id) ?? stixIdOf(object);
}

/** The STIX id, or undefined if there is nothing that could be one. */
export function stixIdOf(object: StixObject): string | undefined {
  return idText(object.id);
}

function idText(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text.length > longestId ? undefined : text;
}

/** OpenCTI's score, 0 to 100; that of old platforms stands at the object itself. Null if there is none. */
export function scoreOf(object: StixObject, attributes: Attributes): number | null {
  return percentOf(attributes.score) ?? percentOf(object.x_opencti_score);
}

/** The kind of pattern, in lower case. STIX 2.0 has no such property and only STIX patterns. */
export function patternTypeOf(object: StixObject): string {
  const type = object.pattern_type;
  if (type === undefined || type === null) return 'stix';
  return typeof type === 'string' ? type.trim().toLowerCase() : 'unknown';
}
