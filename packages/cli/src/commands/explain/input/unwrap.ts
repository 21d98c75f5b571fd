import type { StixObject } from '@xsoar-intel/opencti';
import type { EventOperation } from '@xsoar-intel/pipeline';
import { type Subject, unreadable } from './subject.ts';

const operations = new Set<unknown>(['create', 'update', 'delete', 'merge']);

// Recordings wrap an event at most three times; anything deeper is something else.
const mostWraps = 5;

/**
 * The STIX objects in a JSON value, whichever way it wraps them: an object alone, a bundle, a list,
 * a stream event (`{"type": "update", "data": {...}}`), or the recording of one with its SSE name
 * around it. The outermost name of an event counts, as it does on the stream.
 */
export function* unwrap(
  value: unknown,
  place: string | null,
  operation: EventOperation | null = null,
  depth = 0,
): Generator<Subject> {
  if (depth > mostWraps) {
    yield unreadable(place, 'it is wrapped more often than any event of OpenCTI');
  } else if (Array.isArray(value)) {
    yield* unwrapList(value, place, operation, depth);
  } else if (isRecord(value)) {
    yield* unwrapRecord(value, place, operation, depth);
  } else {
    yield unreadable(place, 'it is JSON, but no object');
  }
}

function* unwrapRecord(
  record: Record<string, unknown>,
  place: string | null,
  outer: EventOperation | null,
  depth: number,
): Generator<Subject> {
  const { type, data, event, objects } = record;
  if (type === 'bundle' && Array.isArray(objects)) {
    yield* unwrapList(objects, place, outer, depth);
    return;
  }
  const operation = outer ?? operationOf(event) ?? operationOf(type);
  if (isRecord(event)) yield* unwrap(event, place, outer, depth + 1);
  else if (isRecord(data)) yield* unwrap(data, place, operation, depth + 1);
  else if (typeof data === 'string') yield* unwrapText(data, place, operation, depth);
  else if (isStixObject(record)) {
    const object: StixObject = { ...record, id: record.id ?? '', type: record.type };
    yield { place, content: { kind: 'object', object, operation: outer } };
  } else {
    yield unreadable(place, 'it is no STIX object, no bundle and no event of OpenCTI');
  }
}

function* unwrapText(
  text: string,
  place: string | null,
  operation: EventOperation | null,
  depth: number,
): Generator<Subject> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    yield unreadable(place, 'its "data" is text that is no JSON');
    return;
  }
  yield* unwrap(value, place, operation, depth + 1);
}

function* unwrapList(
  list: readonly unknown[],
  place: string | null,
  operation: EventOperation | null,
  depth: number,
): Generator<Subject> {
  if (list.length === 1) {
    yield* unwrap(list[0], place, operation, depth + 1);
    return;
  }
  // Authors first, wherever they stand: the name of one is a field of each of its indicators.
  const entries = [...list.entries()];
  const ordered = [...entries.filter(isAuthor), ...entries.filter((entry) => !isAuthor(entry))];
  for (const [index, entry] of ordered) {
    const entryPlace = `object ${index + 1}`;
    const full = place === null ? entryPlace : `${place}, ${entryPlace}`;
    yield* unwrap(entry, full, operation, depth + 1);
  }
}

function isAuthor([, entry]: readonly [number, unknown]): boolean {
  return isRecord(entry) && entry.type === 'identity';
}

function operationOf(name: unknown): EventOperation | null {
  return operations.has(name) ? (name as EventOperation) : null;
}

function isStixObject(
  record: Record<string, unknown>,
): record is Record<string, unknown> & { id?: string; type: string } {
  const { id, type } = record;
  if (typeof type !== 'string' || operations.has(type)) return false;
  // An indicator without an id is read all the same: the pattern is what is asked for.
  return typeof id === 'string' || (id === undefined && type === 'indicator');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
