import { expect, test } from 'vitest';
import { judgeAnswer, type StreamAnswer } from './answer.ts';

const url = new URL('https://o.test/cti/stream/abc?recover=x');
const now = Date.UTC(2026, 7, 20, 9, 0, 0);

function judge(answer: Partial<StreamAnswer>) {
  const whole: StreamAnswer = {
    status: 200,
    statusText: '',
    contentType: 'text/event-stream; charset=utf-8',
    contentEncoding: undefined,
    location: undefined,
    retryAfter: undefined,
    ...answer,
  };
  return judgeAnswer(whole, url, now);
}

test.each(['text/event-stream', 'text/event-stream; charset=utf-8', 'Text/Event-Stream;x=y'])(
  '200 with %s is a stream',
  (contentType) => {
    expect(judge({ contentType })).toBeNull();
  },
);

test.each([401, 403])('%i names all three causes and what the platform said', (status) => {
  const refusal = judge({ status, statusText: 'You are not authorized' });
  expect(refusal).toMatchObject({ state: 'unauthorized', status });
  for (const words of ['token', 'capability', 'no such stream', 'You are not authorized']) {
    expect(refusal?.reason).toContain(words);
  }
});

test('410 means that the stream is stopped', () => {
  expect(judge({ status: 410 })).toMatchObject({ state: 'stopped', status: 410 });
});

test('404 points at the base path', () => {
  const refusal = judge({ status: 404 });
  expect(refusal).toMatchObject({ state: 'waiting', status: 404 });
  expect(refusal?.reason).toContain('https://o.test/cti/stream/abc');
  expect(refusal?.reason).not.toContain('recover');
});

test.each([429, 503])('%i waits as long as Retry-After asks', (status) => {
  expect(judge({ status, retryAfter: '7' })).toMatchObject({
    state: 'waiting',
    retryAfterMs: 7000,
  });
});

test.each([500, 502, 599, 204, 206, 400, 418])('%i waits', (status) => {
  expect(judge({ status })).toMatchObject({ state: 'waiting', status });
});

test('a redirect is not followed, and is named without its query', () => {
  const refusal = judge({ status: 302, location: 'https://sso.test/login?token=abc' });
  expect(refusal?.state).toBe('waiting');
  expect(refusal?.reason).toContain('https://sso.test/login');
  expect(refusal?.reason).not.toContain('abc');
  expect(judge({ status: 301, location: 'http://' })?.reason).toContain('nowhere');
});

test('a page in place of the stream says where to look', () => {
  expect(judge({ contentType: 'text/html; charset=utf-8' })?.reason).toContain('login page');
  expect(judge({ contentType: undefined })?.reason).toContain('without a content type');
});

test('a compressed stream is not taken for text', () => {
  expect(judge({ contentEncoding: 'gzip' })?.reason).toContain('gzip');
  expect(judge({ contentEncoding: 'identity' })).toBeNull();
});
