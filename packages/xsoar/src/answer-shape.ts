import type { IocObject } from './indicator.ts';

/** JSON of another shape than XSOAR's. */
export class ShapeProblem extends Error {
  override readonly name = 'ShapeProblem';
}

/**
 * The answer to create and edit. Null where the body is empty or `null`: that is
 * how XSOAR answers a create of a value on its exclusion list (demisto-sdk).
 * @throws ShapeProblem
 */
export function parseIocOrNull(body: unknown): IocObject | null {
  return body === null || body === undefined ? null : parseIoc(body);
}

/**
 * The answer to a search; without a hit `iocObjects` is null or empty.
 * @throws ShapeProblem
 */
export function parseSearchResult(body: unknown): { iocObjects: IocObject[]; total: number } {
  const { iocObjects, total } = asRecord(body);
  if (iocObjects !== null && iocObjects !== undefined && !Array.isArray(iocObjects)) {
    throw new ShapeProblem('iocObjects is no list');
  }
  const objects = (iocObjects ?? []).map(parseIoc);
  if (total === undefined && iocObjects === undefined) throw new ShapeProblem('no iocObjects');
  return { iocObjects: objects, total: typeof total === 'number' ? total : objects.length };
}

/**
 * The answer to batchDelete. Its counters are not read: their values for absent
 * ids differ.
 * @throws ShapeProblem
 */
export function parseUpdatedIds(body: unknown): string[] {
  if (body === null || body === undefined) return [];
  const { updatedIds } = asRecord(body);
  if (updatedIds === null || updatedIds === undefined) return [];
  if (!Array.isArray(updatedIds)) throw new ShapeProblem('updatedIds is no list');
  return updatedIds.map((id) => idText(id) ?? '').filter((id) => id !== '');
}

function parseIoc(body: unknown): IocObject {
  const object = asRecord(body);
  const id = idText(object.id);
  if (id === null) throw new ShapeProblem('no id');
  const { version, value, indicator_type } = object;
  if (typeof version !== 'number') throw new ShapeProblem('no version');
  if (typeof value !== 'string') throw new ShapeProblem('no value');
  if (typeof indicator_type !== 'string') throw new ShapeProblem('no indicator_type');
  return { ...object, id, version, value, indicator_type };
}

function asRecord(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ShapeProblem('no object');
  }
  return body as Record<string, unknown>;
}

/** Ids are texts of digits or hex; a server that sends a number means the same. */
function idText(id: unknown): string | null {
  if (typeof id === 'string' && id !== '') return id;
  return typeof id === 'number' ? String(id) : null;
}
