import { extensionOf, type StixObject, stringsOf } from '../stix/object.ts';

/**
 * The filter of a live stream, reduced to what streams for security tools use.
 * Every given property must hold; an empty filter lets everything through.
 */
export interface StreamFilter {
  /** STIX types that pass, e.g. `["indicator"]`. */
  types?: string[];
  revoked?: boolean;
  detection?: boolean;
  /** Lowest OpenCTI score that passes (0 to 100); an object without a score does not. */
  minScore?: number;
  /** At least one of these labels. */
  labels?: string[];
  /** At least one of these marking ids. */
  markings?: string[];
  patternTypes?: string[];
}

/** True when the object passes the filter. */
export function passesFilter(filter: StreamFilter, object: StixObject): boolean {
  if (filter.types && !filter.types.includes(object.type)) return false;
  if (filter.revoked !== undefined && (object.revoked === true) !== filter.revoked) return false;
  const extension = extensionOf(object);
  if (filter.detection !== undefined && (extension?.detection === true) !== filter.detection)
    return false;
  if (filter.minScore !== undefined) {
    const score = extension?.score;
    if (typeof score !== 'number' || score < filter.minScore) return false;
  }
  if (filter.labels) {
    const labels = stringsOf(object.labels);
    if (!filter.labels.some((label) => labels.includes(label))) return false;
  }
  if (filter.markings) {
    const markings = stringsOf(object.object_marking_refs);
    if (!filter.markings.some((id) => markings.includes(id))) return false;
  }
  const patternType = object.pattern_type;
  return (
    !filter.patternTypes ||
    (typeof patternType === 'string' && filter.patternTypes.includes(patternType))
  );
}

/** The filter as OpenCTI keeps it for a stream: a filter group, as JSON text. */
export function filterText(filter: StreamFilter): string {
  const rule = (key: string, operator: string, values: readonly unknown[] | undefined) =>
    values === undefined ? [] : [{ key: [key], operator, mode: 'or', values: values.map(String) }];
  const one = (value: unknown) => (value === undefined ? undefined : [value]);
  return JSON.stringify({
    mode: 'and',
    filters: [
      ...rule('entity_type', 'eq', filter.types?.map(entityType)),
      ...rule('revoked', 'eq', one(filter.revoked)),
      ...rule('x_opencti_detection', 'eq', one(filter.detection)),
      ...rule('x_opencti_score', 'gte', one(filter.minScore)),
      ...rule('objectLabel', 'eq', filter.labels),
      ...rule('objectMarking', 'eq', filter.markings),
      ...rule('pattern_type', 'eq', filter.patternTypes),
    ],
    filterGroups: [],
  });
}

/** OpenCTI's name of a STIX type: `attack-pattern` is its `Attack-Pattern`. */
const entityType = (type: string): string =>
  type.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** Names of events that carry an object. */
export type EventName = 'create' | 'update' | 'delete' | 'merge';

/**
 * Which event name a connection sees, if any: entering the filter is a `create`,
 * leaving it a `delete`, although the JSON still says `update`.
 */
export function translate(
  name: EventName,
  matches: { before: boolean; now: boolean },
  listenDelete: boolean,
): EventName | null {
  if (name === 'update') {
    if (matches.before && matches.now) return 'update';
    if (matches.now) return 'create';
    return matches.before && listenDelete ? 'delete' : null;
  }
  if (!matches.now) return null;
  return name === 'delete' && !listenDelete ? null : name;
}
