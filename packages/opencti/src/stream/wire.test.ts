import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { follow } from '../testing/follow.ts';
import { change, indicator, sse, startServer, startStream } from '../testing/http-server.ts';

const soon = { timeout: 10_000, interval: 2 };

/** Follows a stream that sends this, and waits for a last good event behind it. */
async function receive(write: (response: ServerResponse) => Promise<void> | void) {
  const server = await startServer(async (_request, response) => {
    startStream(response);
    response.socket?.setNoDelay(true);
    await write(response);
    response.write(sse('heartbeat', '999-0', '""'));
  });
  onTestFinished(() => server.close());
  const { messages, changes } = follow(server.url);
  await vi.waitFor(() => expect(messages.at(-1)).toMatchObject({ id: { text: '999-0' } }), soon);
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'live']);
  return messages.slice(0, -1);
}

function entity(id: string, more: Record<string, unknown> = {}): string {
  return sse('create', id, change('create', indicator(`e${id}`, more)));
}

test('every kind of event in one chunk arrives in order', async () => {
  const messages = await receive((response) => {
    response.write(
      [
        sse('connected', null, { firstEventId: '1-0', lastEventId: '9-0', connectionId: 'c' }),
        sse('heartbeat', '5-0', '"1970-01-01T00:00:00.005Z"'),
        sse('consumer_metrics', '5-0', { deliveryRate: 1 }),
        sse('create', '6-0', { data: indicator('e1'), origin: { referer: 'init-dependencies' } }),
        entity('6-0'),
        sse('something_new', '7-0', {}),
        sse('no-recover', '8-0', { message: 'm', resume_from: '8-0' }),
        'data: without a name\n\n',
        sse('open', '9-0', {}),
      ].join(''),
    );
  });
  expect(messages.map((m) => [m.kind, 'id' in m ? m.id?.text : undefined])).toEqual([
    ['connected', undefined],
    ['heartbeat', '5-0'],
    ['ignored', '5-0'],
    ['entity', '6-0'],
    ['entity', '6-0'],
    ['ignored', '7-0'],
    ['no-recover', '8-0'],
    ['ignored', '8-0'],
    ['ignored', '9-0'],
  ]);
  expect(messages[3]).toMatchObject({ dependency: true });
  expect(messages[4]).toMatchObject({ dependency: false });
});

test('bad events are set aside with their reasons and the stream goes on', async () => {
  const messages = await receive((response) => {
    response.write(entity('1-0').replace('}}\n\n', '\n\n'));
    response.write('id: 2-0\nevent: create\n\n');
    response.write(sse('create', '3-0', { version: '4' }));
    response.write(entity('three'));
    response.write(sse('create', '5-0', change('create', { type: 'indicator' })));
    response.write(
      sse('create', '6-0', change('create', { id: 'indicator--1', type: 'indicator' })),
    );
    response.write(entity('7-0'));
  });
  const summary = messages.map((m) =>
    m.kind === 'rejected' ? `${m.id?.text} ${m.reason}` : m.kind,
  );
  expect(summary).toEqual([
    '1-0 bad-json',
    '2-0 no-data',
    '3-0 no-data',
    'undefined bad-id',
    '5-0 wrong-shape',
    '6-0 wrong-shape',
    'entity',
  ]);
});

test('an event of 5 MB is set aside as too large, with its id, and the next one is whole', async () => {
  const messages = await receive((response) => {
    response.write(entity('1-0', { description: 'é'.repeat(2_500_000) }));
    response.write(entity('2-0'));
  });
  expect(messages).toMatchObject([
    { kind: 'rejected', id: { text: '1-0' }, name: 'create', reason: 'too-large' },
    { kind: 'entity', id: { text: '2-0' } },
  ]);
});

test('an event just below the limit is taken', async () => {
  const messages = await receive((response) => {
    response.write(entity('1-0', { description: 'x'.repeat(4 * 1024 * 1024 - 1000) }));
  });
  expect(messages).toMatchObject([{ kind: 'entity' }]);
});

test('a line of 200 MB does not fill memory', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  let highest = 0;
  const before = process.memoryUsage().rss;
  const messages = await receive(async (response) => {
    response.write('id: 1-0\nevent: create\ndata: ');
    for (let i = 0; i < 200; i++) {
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      highest = Math.max(highest, process.memoryUsage().rss - before);
    }
    response.write('\n\n');
  });
  expect(messages).toMatchObject([{ reason: 'too-large', id: { text: '1-0' } }]);
  expect(highest).toBeLessThan(150 * 1024 * 1024);
});

test('an event without an id has the last one that came, as SSE wants it', async () => {
  const messages = await receive((response) => {
    response.write(sse('create', null, change('create', indicator('e0'))));
    response.write(entity('1-0'));
    response.write(sse('create', null, change('create', indicator('e2'))));
  });
  expect(messages).toMatchObject([
    { kind: 'rejected', reason: 'bad-id' },
    { kind: 'entity', id: { text: '1-0' } },
    { kind: 'entity', id: { text: '1-0' } },
  ]);
});

test('CRLF and CR line ends are understood', async () => {
  const messages = await receive(async (response) => {
    response.write(entity('1-0').replaceAll('\n', '\r\n').slice(0, -1));
    await nextTurn();
    response.write(`\n${entity('2-0').replaceAll('\n', '\r')}`);
  });
  expect(messages).toMatchObject([{ id: { text: '1-0' } }, { id: { text: '2-0' } }]);
});

test('a character that is cut in two by a chunk stays whole', async () => {
  const name = 'Größe € 😀 名前';
  const bytes = Buffer.from(entity('1-0', { name }));
  const messages = await receive(async (response) => {
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      await nextTurn();
    }
  });
  expect(messages).toMatchObject([{ kind: 'entity', data: { name } }]);
});

test('however the bytes are cut into chunks, the messages are the same', async () => {
  const text = [
    sse('connected', null, { firstEventId: '1-0' }),
    entity('1-0', { name: '€😀' }),
    'id: 2-0\nevent: delete\n\n',
    ': comment\n\n',
    entity('3-0').replaceAll('\n', '\r\n'),
    entity('4-0').slice(0, -20).concat('\n\n'),
    sse(
      'merge',
      '5-0',
      change('merge', indicator('e5'), { context: { sources: [indicator('e6')] } }),
    ),
  ].join('');
  const bytes = Buffer.from(text);
  const whole = await receive((response) => void response.write(bytes));
  expect(whole.map((m) => m.kind)).toEqual([
    'connected',
    'entity',
    'rejected',
    'entity',
    'rejected',
    'entity',
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 15 }), async (cuts) => {
      const places = [...cuts.sort((a, b) => a - b), bytes.length];
      const messages = await receive(async (response) => {
        for (const [i, to] of places.entries()) {
          response.write(bytes.subarray(places[i - 1] ?? 0, to));
          await nextTurn();
        }
      });
      // The clock goes on between two connections.
      const timeless = (all: typeof whole) => all.map((one) => ({ ...one, answeredAt: null }));
      expect(timeless(messages)).toEqual(timeless(whole));
    }),
    { numRuns: 60 },
  );
});
