import { isRecord } from '../http/body.ts';

/** One operation of a JSON Patch (RFC 6902), of the kinds that OpenCTI writes. */
export interface PatchOperation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

/** How to get from one version of an object to the other, and back. */
export interface PatchPair {
  patch: PatchOperation[];
  reverse: PatchOperation[];
}

function step(key: string): string {
  if (!key.includes('/') && !key.includes('~')) return `/${key}`;
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function compareLists(before: unknown[], after: unknown[], path: string, pair: PatchPair): void {
  const common = Math.min(before.length, after.length);
  for (let i = 0; i < common; i += 1) compare(before[i], after[i], `${path}/${i}`, pair);
  for (let i = common; i < after.length; i += 1)
    pair.patch.push({ op: 'add', path: `${path}/${i}`, value: after[i] });
  // Tails are removed from their end, or the indexes would slide.
  for (let i = after.length - 1; i >= common; i -= 1)
    pair.reverse.push({ op: 'remove', path: `${path}/${i}` });
  for (let i = before.length - 1; i >= common; i -= 1)
    pair.patch.push({ op: 'remove', path: `${path}/${i}` });
  for (let i = common; i < before.length; i += 1)
    pair.reverse.push({ op: 'add', path: `${path}/${i}`, value: before[i] });
}

function compare(before: unknown, after: unknown, path: string, pair: PatchPair): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, pair);
    return;
  }
  if (!isRecord(before) || !isRecord(after)) {
    pair.patch.push({ op: 'replace', path, value: after });
    pair.reverse.push({ op: 'replace', path, value: before });
    return;
  }
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) {
      // Most are equal, and then their path need not be built.
      if (before[key] !== after[key]) compare(before[key], after[key], path + step(key), pair);
    } else {
      pair.patch.push({ op: 'remove', path: path + step(key) });
      pair.reverse.push({ op: 'add', path: path + step(key), value: before[key] });
    }
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue;
    pair.patch.push({ op: 'add', path: path + step(key), value: after[key] });
    pair.reverse.push({ op: 'remove', path: path + step(key) });
  }
}

/** Both patches between two JSON objects; empty lists when they are equal. */
export function diffObjects(before: object, after: object): PatchPair {
  const pair: PatchPair = { patch: [], reverse: [] };
  compare(before, after, '', pair);
  return pair;
}

function setOwn(target: object, key: string, value: unknown): void {
  // Not an assignment: a key named __proto__ must stay an ordinary property.
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * A copy of `object` with the patch applied. Throws a RangeError when a path does
 * not exist in it.
 */
export function applyPatch<T extends object>(object: T, patch: readonly PatchOperation[]): T {
  const result = structuredClone(object);
  for (const { op, path, value } of patch) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop();
    let target: unknown = result;
    for (const key of keys) {
      const holder: Record<string, unknown> = target as Record<string, unknown>;
      target = Object.hasOwn(holder, key) ? holder[key] : undefined;
      if (typeof target !== 'object' || target === null)
        throw new RangeError(`no such path: ${path}`);
    }
    if (last === undefined) throw new RangeError('the whole object cannot be patched');
    if (Array.isArray(target)) {
      const index = last === '-' ? target.length : Number(last);
      if (op === 'add') target.splice(index, 0, structuredClone(value));
      else if (op === 'remove') target.splice(index, 1);
      else target[index] = structuredClone(value);
    } else if (op === 'remove') {
      delete (target as Record<string, unknown>)[last];
    } else {
      setOwn(target as object, last, structuredClone(value));
    }
  }
  return result;
}
