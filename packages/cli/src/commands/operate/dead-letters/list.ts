import { type DeadLetter, type DeadLetterStore, words } from '@xsoar-intel/pipeline';
import { openScreen, type Screen } from '../../../terminal/screen.ts';
import { type Column, table } from '../../../terminal/table.ts';
import { columns, excerpt, visibleJson } from '../../../terminal/visible.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { type Filter, type FilterOptions, filterOf } from './filter.ts';
import { jsonOf } from './json.ts';
import { PAGE } from './pages.ts';
import { storeOf } from './store.ts';

/** Options of `dead-letters list`. */
export interface ListOptions extends OperatorOptions, FilterOptions {
  json?: boolean;
  all?: boolean;
  limit?: number;
}

/** Dead letters that are listed unless more are asked for. */
const DEFAULT_LIMIT = 20;

const COLUMNS: readonly Column[] = [
  { title: 'JOB', align: 'right' },
  { title: 'DEAD FOR', align: 'right' },
  { title: 'REASON' },
  { title: 'HTTP', align: 'right' },
  { title: 'ENTITY', max: 40 },
  { title: 'INDICATOR', max: 40 },
  { title: 'MESSAGE', max: 120 },
];

/** `xsoar-intel dead-letters list`: what could not be delivered, the newest first. */
export function list(options: ListOptions): Promise<number> {
  const filter = filterOf(options, Date.now());
  const limit = options.all ? Number.POSITIVE_INFINITY : (options.limit ?? DEFAULT_LIMIT);
  return withSession(options, async (session) => {
    const store = storeOf(session);
    const screen = openScreen();
    const total = await store.count();
    if (options.json) {
      for await (const page of newestFirst(store, filter, limit)) {
        for (const letter of page) screen.line(visibleJson(jsonOf(letter)));
        if (!(await screen.room())) break;
      }
    } else {
      const letters: DeadLetter[] = [];
      for await (const page of newestFirst(store, filter, limit)) letters.push(...page);
      screen.line(headline(letters.length, total, filter !== null));
      if (letters.length > 0) printTable(letters, screen);
    }
    await screen.flush();
    return 0;
  });
}

/** Pages of what the filter lets through; as much is read as is shown, as far as that can be. */
async function* newestFirst(
  store: DeadLetterStore,
  filter: Filter | null,
  limit: number,
): AsyncGenerator<DeadLetter[]> {
  let left = limit;
  const size = filter === null ? Math.min(PAGE, limit) : PAGE;
  for (let offset = 0; left > 0; offset += size) {
    const ids = await store.newest(offset, size);
    const read = await store.read(ids);
    const page = (filter === null ? read : read.filter(filter)).slice(0, left);
    left -= page.length;
    yield page;
    if (ids.length < size) return;
  }
}

function headline(shown: number, total: number, filtered: boolean): string {
  if (total === 0) return 'No dead letters: all that could be delivered is delivered.';
  const all = words.counted(total, 'dead letter', 'dead letters');
  if (shown === 0) return `None of ${all} is meant.`;
  if (filtered) return `${words.count(shown)} of ${all}, the newest first:`;
  return shown < total ? `${all}, the newest ${words.count(shown)} (--limit, --all):` : `${all}:`;
}

function printTable(letters: readonly DeadLetter[], screen: Screen): void {
  const now = Date.now();
  const [head, ...lines] = table(
    COLUMNS,
    letters.map(({ jobId, at, reason, failure, entityId, message }) => [
      jobId,
      words.duration(Math.max(now - at, 0)),
      reason,
      failure?.status?.toString() ?? '-',
      entityId,
      indicatorOf(failure),
      message,
    ]),
  );
  screen.line('');
  screen.line(screen.paint.faint(fitted(head, screen.width)));
  for (const line of lines) screen.line(fitted(line, screen.width));
}

/** What was to be pushed: `IP 198.51.100.7`, or the operation where that is not known. */
export function indicatorOf(failure: DeadLetter['failure']): string {
  if (failure === null) return '-';
  if (failure.value === null) return failure.operation;
  return [failure.operation === 'delete' ? 'delete' : '', failure.type ?? '', failure.value]
    .filter((part) => part !== '')
    .join(' ');
}

/** Rows that a terminal would break are hard to read; the last column is the one to cut. */
function fitted(line: string, width: number): string {
  return columns(line) <= width ? line : excerpt(line, width);
}
