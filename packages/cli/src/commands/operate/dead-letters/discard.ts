import { words } from '@xsoar-intel/pipeline';
import { confirmed, mustBeAskable } from '../../../terminal/confirm.ts';
import { openScreen } from '../../../terminal/screen.ts';
import { record } from '../record.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { type Choice, type ChoiceOptions, choose } from './choice.ts';
import { causeLines, dryRun, previewOf, Tally, tallyLine, tellEnd } from './outcome.ts';
import { storeOf } from './store.ts';
import { workThrough } from './work.ts';

/** Options of `dead-letters discard`. */
export interface DiscardOptions extends OperatorOptions, ChoiceOptions {
  dryRun?: boolean;
  json?: boolean;
  yes?: boolean;
}

/** `xsoar-intel dead-letters discard`: gives undelivered states up. */
export function discard(names: readonly string[], options: DiscardOptions): Promise<number> {
  if (!options.dryRun) mustBeAskable(options.yes);
  return withSession(options, async (session) => {
    const store = storeOf(session);
    const screen = openScreen();
    const json = options.json === true;
    let choice = await choose(store, names, options);
    if (options.dryRun) return dryRun(store, choice, 'discard', { json, screen });
    if (!options.yes) {
      const agreed = await agree(choice);
      if (agreed === null) return 1;
      choice = agreed;
    }
    const tally = new Tally();
    tally.add('discarded', 0);
    const worked = await workThrough(store, choice, 'discarded', async (letters) => {
      for (const { kind } of await store.discard(letters)) tally.add(kind);
      return true;
    });
    const given = words.counted(tally.of('discarded'), 'dead letter', 'dead letters');
    if (tally.of('discarded') > 0) await record(session, 'dead-letters discard', given);
    const lines = [
      ...tallyLine(
        tally.of('discarded'),
        (counted) =>
          `Discarded ${counted}: XSOAR keeps what it has of these entities until a newer event comes.`,
      ),
      ...tallyLine(
        tally.of('newer'),
        (counted) => `${counted} had a newer state on its way: only the letter was taken away.`,
      ),
      ...tallyLine(tally.of('gone'), (counted) => `${counted} had been resolved meanwhile.`),
      ...tallyLine(
        tally.of('busy'),
        (counted) =>
          `Not ${counted}: a request to XSOAR may still be under way. Try again in a minute.`,
      ),
    ];
    return tellEnd(screen, worked, { json, tally, lines, left: tally.of('busy') });

    /** Shows what is meant and asks; what was shown is what is discarded. Null: not agreed. */
    async function agree(asked: Choice): Promise<Choice | null> {
      const preview = await previewOf(store, asked);
      const { jobIds, interrupted } = preview;
      if (interrupted) return null;
      if (jobIds.length > 0) {
        for (const line of causeLines(preview, screen)) process.stderr.write(`${line}\n`);
        const what = words.counted(jobIds.length, 'dead letter', 'dead letters');
        if (!(await confirmed(`Discard ${what} for good?`, false))) return null;
      }
      return { jobIds, filter: null, limit: Number.POSITIVE_INFINITY };
    }
  });
}
