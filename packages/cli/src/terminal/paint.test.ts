import { expect, test } from 'vitest';
import { createPaint, wantsColor } from './paint.ts';

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false],
  [{ CI: 'true' }, false, false],
])('with %j on a terminal: %s, colours: %s', (env, isTerminal, colors) => {
  expect(wantsColor(env, isTerminal)).toBe(colors);
});

test('without colours nothing is added', () => {
  const paint = createPaint(false);
  expect(paint.title(paint.good('x'))).toBe('x');
  expect(createPaint(true).good('x')).not.toBe('x');
});
