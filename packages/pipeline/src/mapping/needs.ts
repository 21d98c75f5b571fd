import { COMMON_FIELDS, TYPE_FIELDS } from './custom-fields.ts';
import { OBSERVABLE_RULES } from './observable-rules.ts';
import type { MappingOptions } from './types.ts';

/** Types of indicators that are made of several comparisons, and so of no rule for one. */
const COMPOSED_TYPES = ['File', 'X509 Certificate', 'Registry Key', 'Account'];

/** The XSOAR types and custom fields that a mapping with these options may write. */
export function xsoarNeeds(options: Pick<MappingOptions, 'extraTypes' | 'reliabilityField'>): {
  types: string[];
  fields: string[];
} {
  const { extraTypes, reliabilityField } = options;
  const types = new Set([
    ...OBSERVABLE_RULES.flatMap((rule) => rule.types),
    ...COMPOSED_TYPES,
    ...(extraTypes?.values() ?? []),
  ]);
  const fields = new Set([...COMMON_FIELDS, ...TYPE_FIELDS].map(({ name }) => name));
  if (reliabilityField !== undefined) fields.add(reliabilityField);
  return { types: [...types].sort(), fields: [...fields].sort() };
}
