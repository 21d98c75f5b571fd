import { openScreen } from '../../../terminal/screen.ts';
import { obstacles } from '../obstacles.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { type ChoiceOptions, choose } from './choice.ts';
import { dryRun, Tally, tallyLine, tellEnd } from './outcome.ts';
import { storeOf } from './store.ts';
import { workThrough } from './work.ts';

/** Options of `dead-letters retry`. */
export interface RetryOptions extends OperatorOptions, ChoiceOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** `xsoar-intel dead-letters retry`: pushes the newest states again, with all attempts. */
export function retry(names: readonly string[], options: RetryOptions): Promise<number> {
  return withSession(options, async (session) => {
    const store = storeOf(session);
    const screen = openScreen();
    const json = options.json === true;
    const choice = await choose(store, names, options);
    if (options.dryRun) return dryRun(store, choice, 'retry', { json, screen });
    const tally = new Tally();
    tally.add('retried', 0);
    const worked = await workThrough(store, choice, 'retried', async (letters) => {
      for (const kind of await store.retry(letters)) tally.add(kind);
      return true;
    });
    const lines = [
      ...tallyLine(
        tally.of('retried'),
        (counted) => `Retried ${counted}: the newest states are on their way to XSOAR.`,
      ),
      ...tallyLine(tally.of('gone'), (counted) => `${counted} had been resolved meanwhile.`),
      ...(tally.of('retried') > 0 ? await obstacles(session) : []),
    ];
    return tellEnd(screen, worked, { json, tally, lines, left: 0 });
  });
}
