import { createReadStream } from 'node:fs';
import { compareEventIds } from '@xsoar-intel/opencti';
import { addDeliveries, createRestate, type Put, words } from '@xsoar-intel/pipeline';
import { CommandError } from '../../../load.ts';
import { listenForInterrupt } from '../../../terminal/interrupt.ts';
import { showProgress } from '../../../terminal/progress.ts';
import { openScreen } from '../../../terminal/screen.ts';
import { visible } from '../../../terminal/visible.ts';
import { splitLines } from '../../explain/input/lines.ts';
import { obstacles } from '../obstacles.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { readLine } from './imported-line.ts';
import { Tally, tellEnd } from './outcome.ts';
import { PAGE } from './pages.ts';

/** Options of `dead-letters import`. */
export interface ImportOptions extends OperatorOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** Longest line, in characters: an event is at most 4 MiB. */
const MAX_LINE = 64 * 1024 * 1024;
/** Bad lines that are told one by one. */
const PROBLEMS_TOLD = 10;

/** `xsoar-intel dead-letters import`: delivers the states of an export, where nothing newer is known. */
export function importLetters(path: string, options: ImportOptions): Promise<number> {
  return withSession(options, async (session) => {
    const screen = openScreen();
    const interrupt = listenForInterrupt();
    const progress = showProgress(process.stderr);
    const restate = createRestate(session.redis, session.keys);
    const tally = new Tally();
    for (const kind of ['written', 'newer', 'busy', 'noState', 'bad']) tally.add(kind, 0);
    let done = 0;

    async function put(states: readonly Put[]): Promise<void> {
      if (options.dryRun) {
        for (const { entityId, version } of states) {
          const known = await restate.known(entityId);
          const newer = known !== null && compareEventIds(known, version) > 0;
          tally.add(newer ? 'newer' : 'written');
        }
      } else {
        const results = await restate.put(states);
        for (const { kind } of results) tally.add(kind);
        const written = states.filter((_, at) => results[at]?.kind === 'written');
        await addDeliveries(
          session.queue,
          written.map(({ entityId }) => entityId),
        );
      }
      done += states.length;
    }

    let page: Put[] = [];
    try {
      for await (const { number, text } of linesOf(path)) {
        if (text.trim() === '') continue;
        const line = readLine(text);
        if (line.kind === 'state') page.push(line.state);
        else tally.add(line.kind);
        if (line.kind === 'bad' && tally.of('bad') <= PROBLEMS_TOLD) {
          process.stderr.write(`line ${number}: ${line.problem}\n`);
        }
        if (page.length < PAGE) continue;
        await put(page);
        page = [];
        progress.note(`imported ${words.count(done)}`);
        if (interrupt.signal.aborted) break;
      }
      await put(page);
    } finally {
      progress.end();
      interrupt.dispose();
    }
    const lines = [
      ...told(tally, options.dryRun === true),
      ...(tally.of('written') > 0 && !options.dryRun ? await obstacles(session) : []),
    ];
    return tellEnd(
      screen,
      {
        done: done + tally.of('noState') + tally.of('bad'),
        interrupted: interrupt.signal.aborted,
      },
      { json: options.json === true, tally, lines, left: tally.of('busy') + tally.of('bad') },
    );
  });
}

function told(tally: Tally, dry: boolean): string[] {
  const line = (kind: string, text: (counted: string) => string): string[] => {
    const count = tally.of(kind);
    return count === 0 ? [] : [text(words.counted(count, 'state', 'states'))];
  };
  return [
    ...line('written', (counted) =>
      dry ? `Would put back ${counted}.` : `Put back ${counted}: on their way to XSOAR.`,
    ),
    ...line('newer', (counted) => `${counted} not put back: a newer one is known.`),
    ...line(
      'busy',
      (counted) => `${counted} not put back: being delivered. Import again for those.`,
    ),
    ...line('noState', (counted) => `${counted} missing in the export: nothing was undelivered.`),
    ...line('bad', (counted) => `${counted} not read: wrong lines.`),
  ];
}

async function* linesOf(path: string) {
  const stream = path === '-' ? process.stdin.setEncoding('utf8') : createReadStream(path, 'utf8');
  try {
    yield* splitLines(stream, MAX_LINE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Cannot read ${visible(path)}: ${visible(reason)}`);
  }
}
