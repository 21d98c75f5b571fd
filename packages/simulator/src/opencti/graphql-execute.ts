import { isRecord } from '../http/body.ts';
import type { Document, Field, Selection, Value } from './graphql-document.ts';

/** Fields of an object type: the name of an object type, or null for a scalar. */
export type TypeFields = Readonly<Record<string, string | null>>;

/** What a root field does. It may throw a `PlatformError`. */
export interface RootField {
  returns: string | null;
  /** Names of its arguments; any other is refused. */
  args: readonly string[];
  /** Keys that the `input` argument may have; any other is refused, as an old platform does. */
  inputFields?: readonly string[];
  resolve(args: Record<string, unknown>): unknown;
}

/** The part of OpenCTI's schema that the simulator has. */
export interface Schema {
  query: ReadonlyMap<string, RootField>;
  mutation: ReadonlyMap<string, RootField>;
  types: ReadonlyMap<string, TypeFields>;
}

/** An error in the shape that OpenCTI gives: the real status is only inside. */
export class PlatformError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly genre: 'TECHNICAL' | 'BUSINESS';
  /** What stands beside the status. */
  readonly data: Readonly<Record<string, unknown>>;
  constructor(
    code: string,
    httpStatus: number,
    message: string,
    genre: 'TECHNICAL' | 'BUSINESS',
    data: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.data = data;
    this.name = 'PlatformError';
    this.code = code;
    this.httpStatus = httpStatus;
    this.genre = genre;
  }
}

/** A document that does not fit the schema. */
export class ValidationError extends Error {}

function resolveValue(value: Value, variables: Record<string, unknown>): unknown {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'variable':
      return Object.hasOwn(variables, value.name) ? variables[value.name] : null;
    case 'list':
      return value.items.map((item) => resolveValue(item, variables));
    case 'object':
      return Object.fromEntries(
        value.fields.map(([key, item]) => [key, resolveValue(item, variables)] as const),
      );
  }
}

function check(schema: Schema, selection: readonly Selection[], type: string | null): void {
  const fields = type === null ? undefined : schema.types.get(type);
  if (!fields) return;
  for (const item of selection) {
    if (item.kind === 'on') {
      check(schema, item.selection, schema.types.has(item.type) ? item.type : null);
      continue;
    }
    if (item.name === '__typename') continue;
    if (!Object.hasOwn(fields, item.name))
      throw new ValidationError(`Cannot query field "${item.name}" on type "${type}".`);
    check(schema, item.selection, fields[item.name] ?? null);
  }
}

function project(
  schema: Schema,
  value: unknown,
  selection: readonly Selection[],
  type: string | null,
): unknown {
  if (value === null || value === undefined) return null;
  if (selection.length === 0) return value;
  if (Array.isArray(value)) return value.map((item) => project(schema, item, selection, type));
  if (!isRecord(value)) return value;
  const actual = typeof value.__typename === 'string' ? value.__typename : type;
  const answer: [string, unknown][] = [];
  for (const item of selection) {
    if (item.kind === 'on') {
      // An interface is not modelled: a fragment fits its own type, or a type that is not known.
      if (item.type !== actual && schema.types.has(item.type)) continue;
      const part = project(schema, value, item.selection, item.type);
      if (isRecord(part)) answer.push(...Object.entries(part));
      continue;
    }
    const fields = type === null ? undefined : schema.types.get(type);
    const inner = item.name === '__typename' ? actual : value[item.name];
    answer.push([item.key, project(schema, inner, item.selection, fields?.[item.name] ?? null)]);
  }
  return Object.fromEntries(answer);
}

/** A field's answer, or its error with the path. */
export interface FieldOutcome {
  field: Field;
  value?: unknown;
  error?: unknown;
}

/**
 * Runs a document. Throws `ValidationError` when it does not fit the schema; a failing
 * field is an outcome, the others are still answered.
 */
export function execute(
  schema: Schema,
  document: Document,
  given: Record<string, unknown>,
): FieldOutcome[] {
  const roots = schema[document.operation];
  const variables: Record<string, unknown> = {
    ...Object.fromEntries(document.defaults),
    ...given,
  };
  for (const name of document.required) {
    if (variables[name] === undefined || variables[name] === null)
      throw new ValidationError(`Variable "$${name}" of required type was not provided.`);
  }
  const uses = new Map<string, number>();
  const plan: { field: Field; root: RootField; args: Record<string, unknown> }[] = [];
  for (const field of document.selection) {
    if (field.kind === 'on') throw new ValidationError('a fragment is not expected here');
    const root = roots.get(field.name);
    if (!root) {
      const type = document.operation === 'query' ? 'Query' : 'Mutation';
      throw new ValidationError(`Cannot query field "${field.name}" on type "${type}".`);
    }
    // OpenCTI limits aliases: a query field twice, a mutation once per document.
    const count = (uses.get(field.name) ?? 0) + 1;
    uses.set(field.name, count);
    if (count > (document.operation === 'query' ? 2 : 1))
      throw new ValidationError(`Field "${field.name}" is used too often in one document.`);
    const args: Record<string, unknown> = Object.fromEntries(
      field.args.map(([key, value]) => [key, resolveValue(value, variables)] as const),
    );
    for (const key of Object.keys(args)) {
      if (!root.args.includes(key))
        throw new ValidationError(`Unknown argument "${key}" on field "${field.name}".`);
    }
    const input = args.input;
    if (root.inputFields && isRecord(input)) {
      for (const key of Object.keys(input)) {
        if (!root.inputFields.includes(key))
          throw new ValidationError(
            `Variable "$input" got invalid value; Field "${key}" is not defined.`,
          );
      }
    }
    check(schema, field.selection, root.returns);
    plan.push({ field, root, args });
  }
  return plan.map(({ field, root, args }) => {
    try {
      return { field, value: project(schema, root.resolve(args), field.selection, root.returns) };
    } catch (error) {
      return { field, error };
    }
  });
}
