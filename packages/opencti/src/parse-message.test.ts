import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import { openctiExtensionId } from './stix.ts';
import { change, indicator } from './testing/http-server.ts';

const limits = { maxEventBytes: 10_000 };
const id = '1787216411047-3';

function parse(name: string, idText: string, data: unknown) {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return parseMessage(name, idText, text, limits);
}

test.each(['create', 'update', 'delete'] as const)('%s gives the object as it was sent', (name) => {
  const data = indicator('e1', { x_custom: { deep: [1, null] }, score: 0 });
  const body = change(name, data, { unknown_key: true });
  expect(parse(name, id, body)).toEqual({
    kind: 'entity',
    id: { ms: 1787216411047, seq: 3, text: id },
    name,
    dependency: false,
    recovered: false,
    data,
    sources: [],
    bytes: JSON.stringify(body).length,
  });
});

test('the event name counts and not the type in the JSON', () => {
  const left = parse('delete', id, change('update', indicator('e1', { revoked: true })));
  expect(left).toMatchObject({ kind: 'entity', name: 'delete' });
  const entered = parse('create', id, change('update', indicator('e1')));
  expect(entered).toMatchObject({ kind: 'entity', name: 'create' });
});

test('dependencies and caught-up objects are told apart by their origin', () => {
  const body = (referer: string) => ({ data: indicator('e1'), origin: { referer }, version: '4' });
  expect(parse('create', id, body('init-dependencies'))).toMatchObject({
    dependency: true,
    recovered: false,
  });
  expect(parse('create', id, body('init-create'))).toMatchObject({
    dependency: false,
    recovered: true,
  });
  expect(parse('create', id, body('https://o.test/dashboard'))).toMatchObject({
    dependency: false,
    recovered: false,
  });
});

test('a merge lists the objects that were merged away', () => {
  const sources = [indicator('e2'), { id: 'malware--1', type: 'malware' }];
  const message = parse('merge', id, change('merge', indicator('e1'), { context: { sources } }));
  expect(message).toMatchObject({ kind: 'entity', name: 'merge', sources });
});

test('a merge without a list of sources has none', () => {
  expect(parse('merge', id, change('merge', indicator('e1')))).toMatchObject({ sources: [] });
});

test('a merge whose sources cannot be read is set aside as a whole', () => {
  const broken = [{ sources: 'x' }, { sources: [7] }, { sources: [indicator('e2'), { id: 'x' }] }];
  for (const context of broken) {
    const message = parse('merge', id, change('merge', indicator('e1'), { context }));
    expect(message).toMatchObject({ kind: 'rejected', reason: 'wrong-shape' });
  }
});

test('only a merge has sources', () => {
  const context = { sources: [indicator('e2')] };
  expect(parse('update', id, change('update', indicator('e1'), { context }))).toMatchObject({
    sources: [],
  });
});

test.each([
  ['cut-off JSON', JSON.stringify(change('create', indicator('e1'))).slice(0, -10), 'bad-json'],
  ['a list', '[]', 'wrong-shape'],
  ['a text', '"x"', 'wrong-shape'],
  ['no text', '', 'no-data'],
  ['JSON without data', '{"version":"4"}', 'no-data'],
  ['data that is null', '{"data":null}', 'no-data'],
  ['data that is text', '{"data":"x"}', 'wrong-shape'],
  ['data that is a list', '{"data":[]}', 'wrong-shape'],
  ['an object without id', '{"data":{"type":"indicator"}}', 'wrong-shape'],
  ['an object with an empty id', '{"data":{"id":"","type":"indicator"}}', 'wrong-shape'],
  ['an object whose type is a number', '{"data":{"id":"x","type":1}}', 'wrong-shape'],
])('%s is set aside', (_name, text, reason) => {
  expect(parse('create', id, text)).toMatchObject({ kind: 'rejected', name: 'create', reason });
});

test('an indicator without an OpenCTI id is set aside, another object without it is not', () => {
  const bare = { id: 'indicator--1', type: 'indicator' };
  expect(parse('create', id, change('create', bare))).toMatchObject({
    kind: 'rejected',
    reason: 'wrong-shape',
    detail: 'the object is an indicator without an OpenCTI id',
  });
  const author = { id: 'identity--1', type: 'identity', name: 'CERT' };
  expect(parse('create', id, change('create', author))).toMatchObject({ kind: 'entity' });
});

test.each(['', 'abc', '12', '1-2-3'])('an event with the id %j is set aside', (idText) => {
  for (const name of ['create', 'heartbeat']) {
    expect(parse(name, idText, change('create', indicator('e1')))).toMatchObject({
      kind: 'rejected',
      reason: 'bad-id',
      id: null,
    });
  }
});

test('an event longer than the limit is set aside with its id and a short excerpt', () => {
  const text = JSON.stringify(
    change('create', indicator('e1', { description: 'x'.repeat(9_999) })),
  );
  const message = parse('create', id, text);
  expect(message).toMatchObject({ kind: 'rejected', reason: 'too-large', id: { text: id } });
  expect(message).toMatchObject({ excerpt: text.slice(0, 512), bytes: text.length });
});

test('the limit counts bytes and not characters', () => {
  const body = change('create', indicator('e1', { description: 'é'.repeat(4_900) }));
  expect(JSON.stringify(body).length).toBeLessThan(limits.maxEventBytes);
  expect(parse('create', id, body)).toMatchObject({ reason: 'too-large' });
});

test('an object nested beyond reason is set aside before it can break recursive code', () => {
  const nested = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  const text = JSON.stringify(change('create', indicator('e1', { x: 'HERE' }))).replace(
    '"HERE"',
    nested,
  );
  expect(parse('create', id, text)).toMatchObject({ kind: 'rejected', reason: 'wrong-shape' });
});

test('the greeting tells how far the stream reaches', () => {
  const body = { firstEventId: '5-0', lastEventId: '9-1', connectionId: 'c', streamSize: 7 };
  expect(parse('connected', '', body)).toEqual({
    kind: 'connected',
    firstEventId: { ms: 5, seq: 0, text: '5-0' },
    lastEventId: { ms: 9, seq: 1, text: '9-1' },
    connectionId: 'c',
    answeredAt: null,
  });
  expect(parse('connected', '', { firstEventId: 5 })).toEqual({
    kind: 'connected',
    firstEventId: null,
    lastEventId: null,
    connectionId: null,
    answeredAt: null,
  });
  expect(parse('connected', '', '{')).toMatchObject({ kind: 'rejected', reason: 'bad-json' });
});

test('a heartbeat has its id and nothing else', () => {
  expect(parse('heartbeat', id, '"2026-08-20T09:00:10.318Z"')).toEqual({
    kind: 'heartbeat',
    id: { ms: 1787216411047, seq: 3, text: id },
  });
});

test.each(['consumer_metrics', 'message', 'something-new', '__proto__', 'constructor'])(
  'an event named %s is ignored',
  (name) => {
    expect(parse(name, id, '{"deliveryRate":1.42}')).toMatchObject({ kind: 'ignored', name });
    expect(parse(name, '', '')).toEqual({ kind: 'ignored', name, id: null });
  },
);

test('the name of an ignored event is bounded', () => {
  expect(parse('x'.repeat(5000), id, '')).toMatchObject({ name: 'x'.repeat(100) });
});

test('no-recover says from where it goes on', () => {
  const body = { stream: 's', message: 'Recovery is disabled', resume_from: '1787216405000-0' };
  expect(parse('no-recover', id, body)).toMatchObject({
    kind: 'no-recover',
    message: 'Recovery is disabled',
    resumeFrom: { ms: 1787216405000 },
  });
  expect(parse('no-recover', '', '{')).toMatchObject({ id: null, message: '{', resumeFrom: null });
});

test('an error event carries the words of the platform', () => {
  expect(parse('error', '', { stream: 's', message: 'no start date' })).toEqual({
    kind: 'stream-failure',
    message: 'no start date',
  });
  expect(parse('error', '', 'x'.repeat(600))).toMatchObject({ message: 'x'.repeat(512) });
});

test('nothing that is sent makes the parser throw', () => {
  const names = fc.oneof(
    fc.constantFrom('create', 'update', 'delete', 'merge', 'heartbeat', 'connected'),
    fc.constantFrom('no-recover', 'error'),
    fc.string(),
  );
  const ids = fc.oneof(fc.string(), fc.constantFrom('', '1-0', id));
  const extension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
  const keys = fc.constantFrom('data', 'id', 'type', 'extensions', 'context', 'sources', extension);
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constantFrom('indicator', 'x'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    tree.map((t) => JSON.stringify(t)),
  );
  fc.assert(
    fc.property(names, ids, texts, (name, idText, text) => {
      const message = parseMessage(name, idText, text, limits);
      if (message.kind === 'rejected') expect(message.excerpt.length).toBeLessThanOrEqual(512);
      if (message.kind === 'entity') expect(typeof message.data.id).toBe('string');
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['long', 'x'.repeat(200)],
  ['with a line break', 'a\nb'],
  ['with spaces', 'a b'],
])('an indicator whose OpenCTI id is no id (%s) is set aside', (_, entityId) => {
  const data = {
    id: 'indicator--1',
    type: 'indicator',
    extensions: { [openctiExtensionId]: { id: entityId } },
  };
  expect(parse('create', id, { data })).toMatchObject({ kind: 'rejected', reason: 'wrong-shape' });
});
