import { expect, test } from 'vitest';
import { GraphqlSyntaxError, parseDocument } from './graphql-document.ts';

test('a document with variables, aliases, arguments and inline fragments is read', () => {
  const document = parseDocument(`
    # a comment
    query Author($id: String!, $tags: [String!]! = [], $first: Int = 5) {
      one: identity(id: $id) { id, name }
      stixDomainObject(id: "a\\"b", deep: { list: [1, -2.5, true, null, ENUM] }) { ... on Individual { name } }
    }`);
  expect(document.operation).toBe('query');
  expect(document.required).toEqual(['id']);
  expect(document.defaults.get('first')).toBe(5);
  const [one, two] = document.selection;
  expect(one).toMatchObject({ name: 'identity', key: 'one', args: [['id', { kind: 'variable' }]] });
  expect(two).toMatchObject({
    key: 'stixDomainObject',
    args: [
      ['id', { value: 'a"b' }],
      ['deep', { kind: 'object' }],
    ],
    selection: [{ kind: 'on', type: 'Individual' }],
  });
});

test('a bare selection is a query, and an anonymous mutation is read', () => {
  expect(parseDocument('{ about { version } }').operation).toBe('query');
  expect(parseDocument('mutation($i: X) { ping(i: $i) { id } }').operation).toBe('mutation');
});

test('text that is no document is refused with a syntax error', () => {
  for (const text of [
    '',
    'query {',
    '{ a( }',
    'subscription { a }',
    '{ a } }',
    '{ a % }',
    'fragment X on Y { a }',
  ])
    expect(() => parseDocument(text), text).toThrow(GraphqlSyntaxError);
});
