import { expect, test } from 'vitest';
import { describeNetworkError } from './network-error.ts';

function coded(message: string, code: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

test('the deepest known code is what counts', () => {
  const error = new TypeError('fetch failed', {
    cause: coded('other side closed', 'UND_ERR_SOCKET', coded('read', 'ECONNRESET')),
  });
  expect(describeNetworkError(error)).toEqual({
    code: 'ECONNRESET',
    words: 'the connection was reset',
  });
});

test('a host with several addresses is described by the first', () => {
  const error = new AggregateError([coded('connect ::1', 'ECONNREFUSED')], '');
  expect(describeNetworkError(error).code).toBe('ECONNREFUSED');
});

test('an untrusted certificate names the setting that helps', () => {
  const problem = describeNetworkError(coded('self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'));
  expect(problem.words).toContain('OPENCTI_CA_FILE');
});

test.each([[new Error('')], ['text'], [undefined], [null]])('%j gives words too', (error) => {
  expect(describeNetworkError(error)).toEqual({ code: 'UNKNOWN', words: 'the request failed' });
});

test('an unknown error keeps its own words, within bounds', () => {
  expect(describeNetworkError(new Error('x'.repeat(1000))).words).toHaveLength(200);
});

test('causes that go round in a circle end', () => {
  const error = new Error('a');
  error.cause = error;
  expect(describeNetworkError(error).words).toBe('a');
});
