import { expect, it } from 'vitest';
import type { IocObject } from '../indicator.ts';
import { XsoarError } from '../xsoar-error.ts';
import { createProbeAnswers } from './answers.ts';
import type { Attempt } from './session.ts';

/** A refusal as the client gives it. */
function refusal(status: number, body: string, errorId?: string): Attempt {
  const error = new XsoarError({
    kind: 'status',
    operation: 'edit',
    message: 'no',
    uncertain: false,
    status,
    body,
    ...(errorId === undefined ? {} : { errorId }),
  });
  return { kind: 'refused', error };
}

const stored = { id: '1', version: 1, value: 'a.invalid', indicator_type: 'Domain' } as IocObject;

/** The verdict of the one answer given. */
function verdictOf(answer: (answers: ReturnType<typeof createProbeAnswers>) => void) {
  const answers = createProbeAnswers();
  answer(answers);
  return answers.list.map(({ verdict }) => verdict);
}

it('takes a refusal for fine exactly where the writer understands it', () => {
  const odd = refusal(422, '{"error":"computer says no"}', 'odd');
  const lock = refusal(400, '{}', 'errOptimisticLock');
  const missing = refusal(400, '{"error":"Item not found (8)"}', 'bad_request');
  const exists = refusal(400, '{"error":"it already exists"}', 'bad_request');
  expect(verdictOf((answers) => answers.staleVersion(lock))).toEqual(['fine']);
  expect(verdictOf((answers) => answers.staleVersion(odd))).toEqual(['problem']);
  expect(verdictOf((answers) => answers.unknownId(missing))).toEqual(['fine']);
  expect(verdictOf((answers) => answers.unknownId(odd))).toEqual(['problem']);
  const again = (attempt: Attempt) =>
    verdictOf((answers) => answers.duplicate(attempt, null, stored, stored));
  expect(again(exists)).toEqual(['fine']);
  expect(again(odd)).toEqual(['problem']);
});

it('finds a value fine in another case, and a problem where it is another', () => {
  const as = (value: string) =>
    verdictOf((answers) => answers.storedValue({ ...stored, value }, 'A.invalid'));
  expect(as('a.invalid')).toEqual(['fine']);
  expect(as('a[.]invalid')).toEqual(['problem']);
});

it('notes an edit of an older version that is taken', () => {
  const taken: Attempt = { kind: 'taken', body: stored };
  expect(verdictOf((answers) => answers.staleVersion(taken))).toEqual(['note']);
});
