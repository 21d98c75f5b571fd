import { expect, test } from 'vitest';
import { chooseSource } from './choose-source.ts';

const nowhere = () => 'none' as const;

test('a file that is there comes first, whatever its name looks like', () => {
  const there = () => 'file' as const;
  expect(chooseSource('[a', there)).toEqual({ kind: 'file', path: '[a' });
  expect(chooseSource('feed.json', there)).toEqual({ kind: 'file', path: 'feed.json' });
});

test('a hyphen is standard input, even beside a file of that name', () => {
  expect(chooseSource('-', () => 'file')).toEqual({ kind: 'stdin' });
});

test.each([
  ['CEE934C4-D41F-4171-99B2-768DC2FD9ADD', 'cee934c4-d41f-4171-99b2-768dc2fd9add'],
  [
    ' indicator--274128a4-2ad4-50b5-ae7b-b0dea1fa9861 ',
    'indicator--274128a4-2ad4-50b5-ae7b-b0dea1fa9861',
  ],
])('%s is an id of OpenCTI', (argument, id) => {
  expect(chooseSource(argument, nowhere)).toEqual({ kind: 'id', id });
});

test.each([
  "[domain-name:value = 'feed.json']",
  "([a:b = 'c'])",
  'evil.example',
  '192.0.2.0/24',
  'https://evil.example/x.json?y',
  '{"type":"indicator"}',
])('%s is a text', (text) => {
  expect(chooseSource(text, nowhere)).toEqual({ kind: 'text', text });
});

test.each(['feed.json', './feed', '../x', '/tmp/x', '~/x', 'C:\\feed', 'a.NDJSON'])(
  '%s is the name of a file that is missing, and no pattern',
  (argument) => {
    expect(chooseSource(argument, nowhere)).toMatchObject({ kind: 'nothing' });
  },
);

test('an empty argument and a folder are told apart', () => {
  expect(chooseSource(' ', nowhere)).toEqual({
    kind: 'nothing',
    problem: 'The argument is empty.',
  });
  expect(chooseSource('\u001b[31mx', () => 'folder')).toEqual({
    kind: 'nothing',
    problem: '\\u{1b}[31mx is a folder; give one of the files in it.',
  });
});
