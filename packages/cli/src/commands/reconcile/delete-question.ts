import { type ReconcileParts, words } from '@xsoar-intel/pipeline';
import { findingLine } from './report-lines.ts';

/** How an operator is asked. */
export interface Asking {
  /** Somebody sits there to be asked. */
  isTerminal: boolean;
  ask(question: string): Promise<boolean>;
}

/** Asks before many deletes, and shows some of them; `yes` answers it, and nobody there means no. */
export function deleteQuestion(
  yes: boolean,
  { isTerminal, ask }: Asking,
): ReconcileParts['allowDeletes'] {
  return async (deletes, held, some) => {
    if (yes || !isTerminal) return yes;
    const more = deletes > some.length ? [`  … ${words.count(deletes - some.length)} more`] : [];
    const lines = ['', ...some.map((finding) => `  ${findingLine(finding)}`), ...more];
    return ask(
      `${lines.join('\n')}\n${words.count(deletes)} of the ${words.count(held)} indicators in XSOAR would be deleted. Delete them?`,
    );
  };
}
