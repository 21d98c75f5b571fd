import { isJsonObject } from './stix.ts';

/** What a live stream lets through: OpenCTI's filter group. */
export interface StreamFilter {
  /** Whether all of its rules and groups must hold, or any. */
  mode: 'and' | 'or';
  rules: FilterRule[];
  groups: StreamFilter[];
}

/** One rule: an attribute against values. */
export interface FilterRule {
  /** The attribute, e.g. `entity_type`; several mean any of them. */
  keys: string[];
  /** As OpenCTI names it: `eq`, `not_eq`, `gte`, `nil`, `has_changed`, … */
  operator: string;
  /** Whether all of the values must fit, or any. */
  mode: 'and' | 'or';
  values: string[];
}

/** Groups within groups beyond this are not read: interfaces build two or three. */
const MAX_DEPTH = 20;

/**
 * Reads the `filters` of a stream collection, JSON text in OpenCTI's own form. A filter that says
 * nothing has neither rules nor groups. Null: it is in no form that is known.
 */
export function parseStreamFilter(text: unknown): StreamFilter | null {
  if (text === null) return { mode: 'and', rules: [], groups: [] };
  if (typeof text !== 'string') return null;
  if (text.trim() === '') return parseStreamFilter(null);
  try {
    return groupOf(JSON.parse(text), 0);
  } catch {
    return null;
  }
}

function groupOf(value: unknown, depth: number): StreamFilter | null {
  if (!isJsonObject(value) || depth > MAX_DEPTH) return null;
  const rules = listOf(value.filters)?.map(ruleOf);
  const groups = listOf(value.filterGroups)?.map((group) => groupOf(group, depth + 1));
  if (!rules || !groups) return null;
  const isWhole = <T>(one: T | null): one is T => one !== null;
  if (!rules.every(isWhole) || !groups.every(isWhole)) return null;
  return { mode: modeOf(value.mode, 'and'), rules, groups };
}

function ruleOf(value: unknown): FilterRule | null {
  if (!isJsonObject(value)) return null;
  const keys = typeof value.key === 'string' ? [value.key] : (listOf(value.key) ?? []).map(textOf);
  if (keys.length === 0) return null;
  return {
    keys,
    operator: typeof value.operator === 'string' ? value.operator : 'eq',
    mode: modeOf(value.mode, 'or'),
    values: (listOf(value.values) ?? []).map(textOf),
  };
}

const modeOf = (value: unknown, otherwise: 'and' | 'or'): 'and' | 'or' =>
  value === 'and' || value === 'or' ? value : otherwise;

/** Platforms leave out what is empty, or write null. */
function listOf(value: unknown): unknown[] | null {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : null;
}

/** Values of relation filters are objects themselves. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
