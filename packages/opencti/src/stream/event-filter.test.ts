import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventFilter } from './event-filter.ts';

/** Room that the filter leaves for the lines around the data. */
const slack = 4096;

function run(maxEventBytes: number, ...chunks: (string | Buffer)[]) {
  const filter = createEventFilter(maxEventBytes);
  const results = chunks.map((chunk) => filter(Buffer.from(chunk)));
  return {
    text: Buffer.concat(results.map((r) => r.bytes)).toString('latin1'),
    alive: results.map((r) => r.alive),
  };
}

test('ordinary events pass as they are, without being copied', () => {
  const chunk = Buffer.from('id: 1-0\nevent: create\ndata: {"a":1}\n\nid: 2-0\nevent: upd');
  expect(createEventFilter(1000)(chunk).bytes).toBe(chunk);
});

test('an event that is too long is cut behind the limit and the next one is whole', () => {
  const { text } = run(
    100,
    `id: 1-0\nevent: create\ndata: ${'x'.repeat(50_000)}`,
    `${'y'.repeat(50_000)}\n\nid: 2-0\nevent: create\ndata: ok\n\n`,
  );
  const [first, second] = text.split('\n\n');
  expect(first?.startsWith('id: 1-0\nevent: create\ndata: xxx')).toBe(true);
  const data = first?.split('data: ')[1] ?? '';
  expect(data.length).toBeGreaterThan(100);
  expect(data.length).toBeLessThan(100 + slack);
  expect(second).toBe('id: 2-0\nevent: create\ndata: ok');
});

test('many small data lines of one event are bounded like one long line', () => {
  const { text } = run(100, `event: create\n${'data: xxxxxxxx\n'.repeat(10_000)}\nid: 2-0\n`);
  expect(text.length).toBeLessThan(100 + slack + 1000);
  expect(text.endsWith('\n\nid: 2-0\n')).toBe(true);
});

test('a line of any other kind is bounded too', () => {
  for (const field of ['id: ', 'event: ', 'nonsense']) {
    const { text } = run(100, field, 'x'.repeat(100_000), '\n\ndata: ok\n\n');
    expect(text.length).toBeLessThan(100 + slack + 100);
    expect(text.endsWith('\n\ndata: ok\n\n')).toBe(true);
  }
});

test('a line of which nothing passes leaves no empty line behind, which would end the event', () => {
  const exactly = 'x'.repeat(100 + slack - 'event: a'.length - 'data: '.length);
  const { text } = run(100, `event: a\ndata: ${exactly}\ndata: more\nid: 1-0\n\n`);
  expect(text).toBe(`event: a\ndata: ${exactly}\n\n`);
});

test('an event without a data line gets an empty one', () => {
  expect(run(100, 'id: 1-0\nevent: create\n\n').text).toBe('id: 1-0\nevent: create\ndata:\n\n');
  expect(run(100, 'event\n\n').text).toBe('event\ndata:\n\n');
});

test('blocks that are no events are left alone', () => {
  const blocks = 'id: 1-0\n\nretry: 5\n\n\n\ndata: x\n\ndata\n\neventual: x\n\n';
  expect(run(100, blocks).text).toBe(blocks);
});

test('comments are dropped and are no sign of life', () => {
  const { text, alive } = run(100, ': keep', '-alive\n\n', '\n', 'data: x\n');
  expect(text).toBe('\n\ndata: x\n');
  expect(alive).toEqual([false, false, false, true]);
});

test('the part of a long event that is dropped still is a sign of life', () => {
  const { alive } = run(10, `data: ${'x'.repeat(9000)}`, 'x'.repeat(1000));
  expect(alive).toEqual([true, true]);
});

test('where the chunks are cut makes no difference', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'id: 1-0\n',
      'event: create\n',
      'data: é€😀\n',
      '\n',
      ': hi\n',
      'data\n',
      'event',
    ),
    fc.nat({ max: 6000 }).map((n) => `data: ${'x'.repeat(n)}\n`),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (pieces, cuts) => {
        const whole = Buffer.from(pieces.join(''));
        const places = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
        const chunks = [...places, whole.length].map((to, i) =>
          whole.subarray(places[i - 1] ?? 0, to),
        );
        expect(run(50, ...chunks).text).toBe(run(50, whole).text);
      },
    ),
  );
});
