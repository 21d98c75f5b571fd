import { expect, it, vi } from 'vitest';
import { deleteQuestion } from './delete-question.ts';

const some = [
  {
    ...({ kind: 'extra', reason: 'deleted' } as const),
    ...{ entityId: 'e1', value: 'bad.example', type: 'Domain' },
  },
];

it('shows some of what would be deleted, and does as it is answered', async () => {
  for (const answer of [true, false]) {
    const ask = vi.fn(async () => answer);
    const allowed = deleteQuestion(false, { isTerminal: true, ask });
    expect(await allowed(1_200, 9_000, some)).toBe(answer);
    expect(ask).toHaveBeenCalledExactlyOnceWith(
      [
        '\n  Domain bad.example (e1): deleted in OpenCTI',
        '  … 1,199 more',
        '1,200 of the 9,000 indicators in XSOAR would be deleted. Delete them?',
      ].join('\n'),
    );
  }
});

it('asks nobody where nobody is there, and nothing that --yes has answered', async () => {
  const ask = vi.fn(async () => true);
  expect(await deleteQuestion(false, { isTerminal: false, ask })(2, 3, some)).toBe(false);
  expect(await deleteQuestion(true, { isTerminal: true, ask })(2, 3, some)).toBe(true);
  expect(ask).not.toHaveBeenCalled();
});
