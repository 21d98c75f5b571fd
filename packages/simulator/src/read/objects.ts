import { identity } from '../generate/authors.ts';
import { isRecord } from '../http/body.ts';
import type { BadLine } from '../http/lines.ts';
import type { Operation } from '../opencti/operation.ts';
import { isStixObject, type StixObject } from '../stix/object.ts';
import { importIndicator, importReference, refusalOf } from './indicator.ts';

/** What was found in a file. Every object is in exactly one of the counts. */
export interface ReadCounts {
  indicators: number;
  /** Identities and marking definitions: they become dependencies. */
  references: number;
  /** Objects of other types, which a stream of indicators does not carry. */
  others: number;
  bad: number;
}

/** Turns values from a file (objects or whole bundles) into operations. */
export interface BundleReader {
  /** `line` is where the value stood, for the report of what cannot be used. */
  take(value: unknown, line: number): Generator<Operation | BadLine>;
  readonly counts: ReadCounts;
}

/** Options of a reader. */
export interface BundleReaderOptions {
  now: () => number;
  /** `references`: only authors and markings; `rest`: all but them (default: everything). */
  only?: 'references' | 'rest';
}

const isReference = (type: string): boolean => type === 'identity' || type === 'marking-definition';

export function createBundleReader(options: BundleReaderOptions): BundleReader {
  const counts: ReadCounts = { indicators: 0, references: 0, others: 0, bad: 0 };
  const known = new Set<string>();

  function* author(object: StixObject): Generator<Operation, string | null> {
    const name = object.x_created_by_name;
    if (typeof name !== 'string' || name.trim() === '') return null;
    const made = identity(name.trim());
    if (!known.has(made.id)) {
      known.add(made.id);
      yield { kind: 'reference', object: made };
    }
    return made.id;
  }

  function* one(object: StixObject, line: number): Generator<Operation | BadLine> {
    if (isReference(object.type)) {
      if (options.only === 'rest') return;
      counts.references += 1;
      yield { kind: 'reference', object: importReference(object, options.now()) };
      return;
    }
    if (options.only === 'references') return;
    if (object.type !== 'indicator') {
      counts.others += 1;
      return;
    }
    const refusal = refusalOf(object);
    if (refusal !== null) {
      counts.bad += 1;
      yield { line, reason: refusal };
      return;
    }
    const authorId = yield* author(object);
    counts.indicators += 1;
    yield { kind: 'create', object: importIndicator(object, options.now(), authorId) };
  }

  function* take(value: unknown, line: number): Generator<Operation | BadLine> {
    if (isRecord(value) && value.type === 'bundle' && Array.isArray(value.objects)) {
      const objects: unknown[] = value.objects;
      // What others refer to comes first, wherever it stands in the bundle.
      const refers = (item: unknown): boolean => isStixObject(item) && isReference(item.type);
      for (const object of objects.filter(refers)) yield* take(object, line);
      for (const object of objects.filter((item) => !refers(item))) yield* take(object, line);
      return;
    }
    if (isStixObject(value)) {
      yield* one(value, line);
      return;
    }
    if (options.only === 'references') return;
    counts.bad += 1;
    yield {
      line,
      reason: isRecord(value) ? 'no STIX object: id or type is missing' : 'no JSON object',
    };
  }

  return { take, counts };
}
