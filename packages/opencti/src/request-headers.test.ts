import { expect, test } from 'vitest';
import { requestHeaders } from './request-headers.ts';

test("our own headers win over an operator's, in whatever case those are written", () => {
  const headers = requestHeaders(
    { AUTHORIZATION: 'theirs', 'X-Proxy-Key': 'k' },
    { authorization: 'ours' },
  );
  expect(headers).toEqual({ authorization: 'ours', 'x-proxy-key': 'k' });
});
