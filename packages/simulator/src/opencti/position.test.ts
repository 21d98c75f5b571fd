import { expect, test } from 'vitest';
import { parseStartValue } from './position.ts';
import { readStreamRequest } from './request.ts';

test('start values are read with all the traps of the platform', () => {
  const position = (text: string) => parseStartValue(text)?.position ?? null;
  expect(position('0')).toBe('0-0');
  expect(position('0-0')).toBe('0-0');
  expect(position('1787216405312-4')).toBe('1787216405312-4');
  // Seconds instead of ms are a rightful id in January 1970.
  expect(position('1787216405-0')).toBe('1787216405-0');
  expect(parseStartValue('1787216405-0')?.dateMs).toBe(1787216405);
  // One dash makes an id of anything.
  expect(position('2026-08')).toBe('2026-08');
  expect(position('abc-1')).toBe('abc-1');
  expect(parseStartValue('abc-1')?.dateMs).toBeNull();
  // Without a dash a number is no date.
  expect(position('1787216405312')).toBeNull();
  expect(position('2026-08-20T09:00:05.312Z')).toBe('1787216405312-0');
  expect(position('never')).toBeNull();
  expect(parseStartValue(null)).toBeNull();
});

test('a query parameter wins over a header, and the earlier header over the later', () => {
  const read = (query: string, headers: Record<string, string>) =>
    readStreamRequest(new URLSearchParams(query), headers).start?.position;
  expect(read('from=5-0', { from: '6-0', 'last-event-id': '7-0' })).toBe('5-0');
  expect(read('', { from: '6-0', 'last-event-id': '7-0' })).toBe('6-0');
  expect(read('', { 'last-event-id': '7-0' })).toBe('7-0');
});

test('booleans are exact: only lower-case words count', () => {
  const read = (query: string, headers: Record<string, string> = {}) =>
    readStreamRequest(new URLSearchParams(query), headers);
  expect(read('')).toMatchObject({
    noDependencies: false,
    listenDelete: true,
    withInferences: false,
  });
  expect(read('no-dependencies=True&listen-delete=False')).toMatchObject({
    noDependencies: false,
    listenDelete: true,
  });
  expect(read('no-dependencies=true&no-dependencies=true').noDependencies).toBe(false);
  expect(read('', { 'no-relationships': 'true' }).noDependencies).toBe(true);
  expect(read('', { 'listen-delete': 'false' }).listenDelete).toBe(false);
});

test('the date to recover to comes from the query or from either header', () => {
  const recover = (query: string, headers: Record<string, string> = {}) =>
    readStreamRequest(new URLSearchParams(query), headers).recoverMs;
  expect(recover('recover=2026-08-20T09:00:00Z')).toBe(Date.UTC(2026, 7, 20, 9));
  expect(recover('', { 'recover-date': '2026-08-20T09:00:00Z' })).toBe(Date.UTC(2026, 7, 20, 9));
  expect(recover('recover=soon')).toBeNull();
});
