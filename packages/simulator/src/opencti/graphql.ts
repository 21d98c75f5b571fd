import { isRecord } from '../http/body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { GraphqlSyntaxError, parseDocument } from './graphql-document.ts';
import { execute, PlatformError, type Schema, ValidationError } from './graphql-execute.ts';

function failure(message: string, code: string, status: number, genre: string, path?: string[]) {
  return {
    message,
    ...(path ? { path } : {}),
    extensions: { code, data: { http_status: status, genre } },
  };
}

/** How often each root field was asked for. */
export type GraphqlCounts = Map<string, number>;

/**
 * Answers one GraphQL request. OpenCTI answers 200 whenever the request reached it:
 * what went wrong stands in `errors`.
 */
export function answerGraphql(
  schema: Schema,
  body: string,
  authentic: boolean,
  counts: GraphqlCounts,
): Reply {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    return jsonReply(400, {
      errors: [failure('POST body is no JSON', 'BAD_REQUEST', 400, 'TECHNICAL')],
    });
  }
  if (!isRecord(request) || typeof request.query !== 'string')
    return jsonReply(400, {
      errors: [failure('query is missing', 'BAD_REQUEST', 400, 'TECHNICAL')],
    });
  const invalid = (message: string): Reply =>
    jsonReply(200, { errors: [failure(message, 'GRAPHQL_VALIDATION_FAILED', 400, 'TECHNICAL')] });
  if (request.query.includes('__schema')) return invalid('introspection is not allowed');
  try {
    const document = parseDocument(request.query);
    const variables = isRecord(request.variables) ? request.variables : {};
    if (!authentic) {
      const fields = document.selection.flatMap((item) =>
        item.kind === 'field' ? [item.key] : [],
      );
      const message = 'You must be logged in to do this.';
      return jsonReply(200, {
        errors: [failure(message, 'AUTH_REQUIRED', 401, 'TECHNICAL', fields.slice(0, 1))],
        data: null,
      });
    }
    const outcomes = execute(schema, document, variables);
    const errors: unknown[] = [];
    const data: [string, unknown][] = [];
    for (const { field, value, error } of outcomes) {
      counts.set(field.name, (counts.get(field.name) ?? 0) + 1);
      data.push([field.key, error === undefined ? value : null]);
      if (error === undefined) continue;
      if (!(error instanceof PlatformError)) throw error;
      const shown = failure(error.message, error.code, error.httpStatus, error.genre, [field.key]);
      Object.assign(shown.extensions.data, error.data);
      errors.push(shown);
    }
    return jsonReply(200, {
      ...(errors.length > 0 ? { errors } : {}),
      data: Object.fromEntries(data),
    });
  } catch (error) {
    if (error instanceof ValidationError || error instanceof GraphqlSyntaxError)
      return invalid(error.message);
    throw error;
  }
}
