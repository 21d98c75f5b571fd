import { DEAD_ADVICE, type DeadLetter, type SlotState, words } from '@xsoar-intel/pipeline';
import type { Paint } from '../../../terminal/paint.ts';
import { openScreen } from '../../../terminal/screen.ts';
import { excerpt, visible, visibleJson, wrapped } from '../../../terminal/visible.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { findOne } from './choice.ts';
import { jsonOf } from './json.ts';
import { indicatorOf } from './list.ts';
import { storeOf } from './store.ts';

/** Columns of the names at the left, and of texts that are wrapped. */
const NAME = 12;
const WIDTH = 100;
/** Characters of an answer that is no JSON. */
const ANSWER_MAX = 2_000;

/** `xsoar-intel dead-letters show`: one dead letter, why it is one, and what to do. */
export function show(name: string, options: OperatorOptions & { json?: boolean }): Promise<number> {
  return withSession(options, async (session) => {
    const store = storeOf(session);
    const screen = openScreen();
    const letter = await findOne(store, name);
    const [state = null] = await store.states([letter.entityId]);
    if (options.json) screen.line(visibleJson({ ...jsonOf(letter), state: stateJson(state) }));
    else for (const line of lettersLines(letter, state, screen.paint)) screen.line(line);
    await screen.flush();
    return 0;
  });
}

function stateJson(state: SlotState | null): unknown {
  return (
    state && { version: state.version, operation: state.operation, bytes: state.payload.length }
  );
}

function lettersLines(letter: DeadLetter, state: SlotState | null, paint: Paint): string[] {
  const { jobId, entityId, at, reason, message, failure } = letter;
  const advice = DEAD_ADVICE[reason];
  const row = (title: string, text: string | null): string[] =>
    text === null || text === ''
      ? []
      : wrapped(visible(text), WIDTH - NAME).map(
          (line, index) => `  ${(index === 0 ? title : '').padEnd(NAME)}${line}`,
        );
  const retry = [
    `xsoar-intel dead-letters retry ${jobId}`,
    `xsoar-intel dead-letters discard ${jobId}`,
  ];
  return [
    paint.strong(paint.bad(advice.what)),
    `  ${advice.action}`,
    '',
    ...row('Message', message),
    ...row('Indicator', indicatorOf(failure)),
    ...row('Entity', entityId),
    ...row('State', stateText(failure?.version ?? '', state)),
    ...row('Dead since', `${words.instant(at)} (${words.ago(Date.now() - at)})`),
    ...row('First try', instantOf(failure?.firstFailureAt)),
    ...row('Last try', instantOf(failure?.lastFailureAt)),
    ...row('Attempts', failure?.attempts?.toString() ?? null),
    ...row('Worker', failure?.worker ?? null),
    ...row('Trace', failure?.traceId ?? null),
    ...row('Reason', reason),
    ...row('HTTP', failure?.status?.toString() ?? 'no answer'),
    ...block('XSOAR answered', failure?.answer ?? null, paint),
    ...block('It was to become', failure?.request ?? null, paint),
    '',
    paint.title('Next'),
    `  ${retry[0]}    pushes the newest state again`,
    `  ${retry[1]}  gives this state up; a newer event brings the entity back`,
  ];
}

const instantOf = (date: string | null | undefined): string | null =>
  date ? words.instant(Date.parse(date)) : null;

/** A retry pushes what the slot holds now, which may be newer than what failed. */
function stateText(failed: string, state: SlotState | null): string {
  if (state === null) return 'nothing is undelivered any more: a retry only takes the letter away';
  const { version, operation } = state;
  if (failed === '' || failed === version) return `${operation} at version ${version}`;
  return `${operation} at version ${version}, newer than what failed (${failed}): a delivery of its own is on its way`;
}

function block(title: string, content: unknown, paint: Paint): string[] {
  if (content === null || content === '') return [];
  const text =
    typeof content === 'string'
      ? [excerpt(content, ANSWER_MAX)]
      : JSON.stringify(content, null, 2).split('\n').map(visible);
  return ['', paint.title(title), ...text.map((line) => `  ${line}`)];
}
