import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeGraphql } from './judge-answer.ts';

const now = Date.UTC(2026, 7, 20);

function judge(status: number, body: unknown, retryAfter?: string) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judgeGraphql({ status, text, retryAfter }, now);
}

function errors(error: Record<string, unknown>, data: unknown = null) {
  return { errors: [{ message: 'm', ...error }], data };
}

test('200 with data is an answer', () => {
  expect(judge(200, { data: { me: null } })).toEqual({ data: { me: null }, problem: null });
});

test.each([
  ['AUTH_REQUIRED', 'unauthorized'],
  ['AUTH_FAILURE', 'unauthorized'],
  ['OTP_REQUIRED', 'unauthorized'],
  ['LTS_REQUIRED_ACTIVATION', 'unauthorized'],
  ['FORBIDDEN_ACCESS', 'forbidden'],
  ['PASSWORD_CHANGE_REQUIRED', 'forbidden'],
  ['RESOURCE_NOT_FOUND', 'not-found'],
  ['FUNCTIONAL_ERROR', 'refused'],
  ['VALIDATION_ERROR', 'refused'],
  ['DATABASE_ERROR', 'unavailable'],
  ['LOCK_ERROR', 'unavailable'],
  ['UNKNOWN_ERROR', 'unavailable'],
  ['GRAPHQL_VALIDATION_FAILED', 'schema'],
])('the code %s within HTTP 200 is %s', (code, kind) => {
  const extensions = { code, data: { http_status: 418 } };
  const { problem } = judge(200, errors({ extensions }));
  expect(problem).toMatchObject({ kind, code, httpStatus: 418, words: 'm' });
});

test('the code of older platforms is found in the name, in either spelling', () => {
  const old = errors({ name: 'AuthRequired', data: { http_status: 401 } });
  expect(judge(200, old).problem).toMatchObject({ kind: 'unauthorized', httpStatus: 401 });
  const both = errors({ name: 'ForbiddenAccess', extensions: { code: 'SOMETHING_ELSE' } });
  expect(judge(200, both).problem).toMatchObject({ kind: 'forbidden', code: 'FORBIDDEN_ACCESS' });
});

test('an unknown code is judged by the status that comes with it', () => {
  const error = (http_status: number) =>
    errors({ extensions: { code: 'NEW', data: { http_status } } });
  expect(judge(200, error(429)).problem).toMatchObject({ kind: 'rate-limited', code: 'NEW' });
  expect(judge(200, error(503)).problem?.kind).toBe('unavailable');
  expect(judge(200, error(400)).problem?.kind).toBe('refused');
});

test('a connector that the platform does not know any more is not found', () => {
  const message = 'No connector found with the specified ID';
  const { problem } = judge(200, errors({ message, extensions: { code: 'FUNCTIONAL_ERROR' } }));
  expect(problem?.kind).toBe('not-found');
});

test('data beside an error is kept', () => {
  const body = errors({ extensions: { code: 'FUNCTIONAL_ERROR' } }, { a: { name: 'x' }, b: null });
  expect(judge(200, body).data).toEqual({ a: { name: 'x' }, b: null });
});

test('GraphQL errors count with any HTTP status', () => {
  const body = errors({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  expect(judge(400, body).problem?.kind).toBe('schema');
});

test.each([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'unavailable'],
  [413, 'refused'],
  [429, 'rate-limited'],
  [302, 'bad-answer'],
  [502, 'unavailable'],
])('a status %i without GraphQL is %s', (status, kind) => {
  expect(judge(status, '<html>').problem).toMatchObject({ kind, code: `HTTP_${status}` });
});

test('Retry-After is read', () => {
  expect(judge(429, '{"message":"Too many requests"}', '3').problem?.retryAfterMs).toBe(3000);
});

test('a page in place of GraphQL says where to look', () => {
  const { problem } = judge(200, ' <!DOCTYPE html><html>');
  expect(problem).toMatchObject({ kind: 'bad-answer' });
  expect(problem?.words).toContain('login page');
  expect(judge(200, '{"data":[]}').problem?.kind).toBe('bad-answer');
  expect(judge(200, '').problem?.kind).toBe('bad-answer');
});

test('no answer at all makes the judge throw', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 999 }),
      fc.oneof(fc.string(), fc.json()),
      fc.string(),
      (status, text, wait) => {
        const { data, problem } = judge(status, text, wait);
        expect(data !== null || problem !== null).toBe(true);
      },
    ),
  );
});
