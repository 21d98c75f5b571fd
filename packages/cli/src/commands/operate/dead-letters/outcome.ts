import { type DeadLetter, type DeadLetterStore, words } from '@xsoar-intel/pipeline';
import type { Screen } from '../../../terminal/screen.ts';
import { excerpt, visibleJson } from '../../../terminal/visible.ts';
import type { Choice } from './choice.ts';
import { type Worked, workThrough } from './work.ts';

/** What became of dead letters, by kind. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(kind: string, count = 1): void {
    this.#counts.set(kind, this.of(kind) + count);
  }

  of(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  json(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** A line for those of this kind, if there are any. */
export function tallyLine(count: number, text: (counted: string) => string): string[] {
  return count === 0 ? [] : [text(words.counted(count, 'dead letter', 'dead letters'))];
}

/** Tells how a work ended; returns the exit code: 1 where something is left to do. */
export async function tellEnd(
  screen: Screen,
  worked: Worked,
  { json, tally, lines, left }: { json: boolean; tally: Tally; lines: string[]; left: number },
): Promise<number> {
  const { done, interrupted } = worked;
  if (json) screen.line(visibleJson({ ...tally.json(), interrupted }));
  else {
    for (const line of lines) screen.line(line);
    if (done === 0 && !interrupted) screen.line('No dead letter is meant: nothing was done.');
    if (interrupted) {
      screen.line('Interrupted: the rest is as it was, and the same command goes on with it.');
    }
  }
  await screen.flush();
  return interrupted || left > 0 ? 1 : 0;
}

/** What is meant, and why it is dead. */
export interface Preview {
  jobIds: string[];
  interrupted: boolean;
  causes: { reason: string; message: string; count: number }[];
}

/** Reads what is meant and changes nothing. */
export async function previewOf(store: DeadLetterStore, choice: Choice): Promise<Preview> {
  const jobIds: string[] = [];
  const causes = new Map<string, Preview['causes'][number]>();
  const count = ({ jobId, reason, message }: DeadLetter): void => {
    jobIds.push(jobId);
    const key = `${reason} ${message}`;
    const cause = causes.get(key) ?? { reason, message, count: 0 };
    cause.count += 1;
    causes.set(key, cause);
  };
  const { interrupted } = await workThrough(store, choice, 'found', async (letters) => {
    letters.forEach(count);
    return true;
  });
  const sorted = [...causes.values()].sort((a, b) => b.count - a.count);
  return { jobIds, interrupted, causes: sorted };
}

/** Kinds of causes that are listed. */
const CAUSES_LISTED = 10;

/** The causes as lines, the most frequent first. */
export function causeLines({ causes }: Preview, screen: Screen): string[] {
  const listed = causes.slice(0, CAUSES_LISTED).map(({ reason, message, count }) => {
    return `  ${words.count(count)} ${reason}: ${screen.paint.faint(excerpt(message, 120))}`;
  });
  const rest = causes.length - listed.length;
  return rest > 0 ? [...listed, `  and ${words.count(rest)} other causes`] : listed;
}

/** What a dry run says. `verb`: such as `retry`. */
export async function dryRun(
  store: DeadLetterStore,
  choice: Choice,
  verb: string,
  { json, screen }: { json: boolean; screen: Screen },
): Promise<number> {
  const preview = await previewOf(store, choice);
  const { jobIds, causes, interrupted } = preview;
  if (json) screen.line(visibleJson({ dryRun: true, would: verb, count: jobIds.length, causes }));
  else {
    screen.line(`Would ${verb} ${words.counted(jobIds.length, 'dead letter', 'dead letters')}.`);
    for (const line of causeLines(preview, screen)) screen.line(line);
  }
  await screen.flush();
  return interrupted ? 1 : 0;
}
