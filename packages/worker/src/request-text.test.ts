import { expect, it } from 'vitest';
import { REQUEST_MAX, requestText } from './request-text.ts';

const wanted = (value: string) => ({
  key: `URL:${value}`,
  contribution: JSON.stringify({ value }),
});

it('is the indicator where there is one, and nothing where there is none', () => {
  expect(requestText([])).toBeNull();
  expect(requestText([wanted('a')])).toBe('{"value":"a"}');
});

it('is a list of all values', () => {
  expect(requestText([wanted('a'), wanted('b')])).toBe('[{"value":"a"},{"value":"b"}]');
});

it('is cut between two values, and says how many are left out', () => {
  const many = Array.from({ length: 5 }, (_, index) => wanted(`${index}`.padEnd(1_200, 'x')));
  const shown = JSON.parse(requestText(many) ?? '') as unknown[];
  expect(shown).toHaveLength(4);
  expect(shown.at(-1)).toEqual({ leftOut: 2 });
});

it('keeps the beginning of a single value that is too long', () => {
  const huge = wanted('x'.repeat(REQUEST_MAX));
  expect(requestText([huge])).toHaveLength(REQUEST_MAX);
  expect(requestText([huge, wanted('b')])).toHaveLength(REQUEST_MAX);
});
