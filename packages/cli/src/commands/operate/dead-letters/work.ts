import { type DeadLetter, type DeadLetterStore, words } from '@xsoar-intel/pipeline';
import { listenForInterrupt } from '../../../terminal/interrupt.ts';
import { showProgress } from '../../../terminal/progress.ts';
import type { Choice } from './choice.ts';
import { PAGE, type Page, pagesOf } from './pages.ts';

/** How a work over many dead letters ended. */
export interface Worked {
  /** Dead letters that were worked on. */
  done: number;
  /** Somebody stopped it before its end. */
  interrupted: boolean;
}

/**
 * Works through dead letters page by page. Ctrl-C stops after the page under way: each page is
 * complete, and the rest is as it was.
 * @param verb for the progress, such as `retried`
 * @param work false ends it: nobody wants the rest
 */
export async function workThrough(
  store: DeadLetterStore,
  choice: Choice,
  verb: string,
  work: (letters: readonly DeadLetter[]) => Promise<boolean>,
): Promise<Worked> {
  const interrupt = listenForInterrupt();
  const progress = showProgress(process.stderr);
  let done = 0;
  try {
    for await (const page of pagesOf(store, choice.jobIds, choice)) {
      const wanted = page.letters.length === 0 || (await work(page.letters));
      done += page.letters.length;
      if (!wanted) break;
      if (page.total > PAGE) progress.note(howFar(verb, done, page, choice));
      const more = page.looked < page.total && done < choice.limit;
      if (interrupt.signal.aborted) return { done, interrupted: more };
    }
    return { done, interrupted: false };
  } finally {
    progress.end();
    interrupt.dispose();
  }
}

function howFar(verb: string, done: number, { looked, total }: Page, choice: Choice): string {
  const all = words.count(Math.min(total, choice.limit));
  if (choice.filter === null) return `${verb} ${words.count(done)} of ${all}`;
  return `${verb} ${words.count(done)}, looked at ${words.count(looked)} of ${words.count(total)}`;
}
