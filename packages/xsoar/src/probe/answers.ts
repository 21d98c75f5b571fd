import { isExisting, isNotFound, isVersionConflict } from '../failure/meaning.ts';
import type { IocObject } from '../indicator.ts';
import { isSameValue } from '../writer/match.ts';
import type { XsoarError } from '../xsoar-error.ts';
import {
  OPEN_QUESTION,
  PROBE_QUESTIONS,
  type ProbeAnswer,
  type ProbeQuestion,
  type ProbeVerdict,
} from './report.ts';
import { type Attempt, refusalOf } from './session.ts';

/** Up to here the wait of 20 s that is usual is twice as long, ms. */
const USUAL_LAG_MS = 10_000;

/** Puts what was seen into words, question by question. */
export type ProbeAnswers = ReturnType<typeof createProbeAnswers>;

/** Starts an empty list of answers. */
export function createProbeAnswers() {
  const list: ProbeAnswer[] = [];
  const say = (
    question: ProbeQuestion,
    verdict: ProbeVerdict,
    answer: string,
    words: string,
    effect: string,
  ): void => {
    const number = OPEN_QUESTION[question] ?? null;
    const asked = PROBE_QUESTIONS[question];
    list.push({ question, number, asked, answer, words, effect, verdict });
  };
  const refused = (attempt: Attempt): string | null =>
    attempt.kind === 'refused' ? refusalOf(attempt.error) : null;
  // The writer's own reading of a refusal decides whether it can live with it.
  const isUnderstood = (attempt: Attempt, reading: (error: XsoarError) => boolean): boolean =>
    attempt.kind === 'taken' || reading(attempt.error);
  const UNKNOWN_WORDS = 'This is not understood, and would become a dead letter: please report it.';

  return {
    list,

    create(attempt: Attempt, created: IocObject | null): void {
      if (created !== null) {
        say('create', 'fine', 'created', `Yes, as version ${created.version}.`, 'Nothing to do.');
      } else if (attempt.kind === 'refused') {
        const words = `No: ${attempt.error.message}`;
        say('create', 'problem', refusalOf(attempt.error), words, 'Nothing can be pushed.');
      } else {
        const words = 'It answered 200 and stored nothing: the value is on the exclusion list.';
        const effect = 'Take .invalid domains off the exclusion list and probe again.';
        say('create', 'problem', 'excluded', words, effect);
      }
    },

    clientId({ id }: IocObject, hint: string): void {
      if (id === hint) {
        const effect = 'Indicators carry the id of their OpenCTI object; nothing relies on it.';
        say('clientId', 'fine', 'kept', 'Yes.', effect);
      } else {
        const effect = "XSOAR's id is remembered for each value.";
        say('clientId', 'fine', 'replaced', `No: it became ${id}.`, effect);
      }
    },

    storedValue({ value }: IocObject, sent: string): void {
      if (value === sent) {
        say('storedValue', 'fine', 'as-sent', 'Yes.', 'Nothing to do.');
      } else {
        const isFound = isSameValue(value, sent);
        const effect = isFound
          ? 'Values of domains, addresses and digests are compared without their case.'
          : 'It would not be found again under its own value: please report it.';
        const verdict = isFound ? 'fine' : 'problem';
        say('storedValue', verdict, 'changed', `No: it became ${value}.`, effect);
      }
    },

    indexLag(lagMs: number | null, maxMs: number): void {
      if (lagMs === null) {
        const words = `It did not show within ${maxMs} ms.`;
        const effect = 'Indicators cannot be found again; the key may lack the right to see them.';
        say('indexLag', 'problem', 'never', words, effect);
      } else {
        const isUsual = lagMs <= USUAL_LAG_MS;
        const effect = isUsual
          ? 'The index is believed only where the last write is older than 20 s.'
          : 'Workers wait for it twice as long, from their next start on.';
        const verdict = isUsual ? 'fine' : 'note';
        say('indexLag', verdict, String(lagMs), `After ${lagMs} ms.`, effect);
      }
    },

    duplicate(
      attempt: Attempt,
      answered: IocObject | null,
      created: IocObject,
      after: IocObject,
    ): void {
      const status = refused(attempt);
      if (status !== null) {
        const known = isUnderstood(attempt, isExisting);
        const effect = known
          ? 'A create that meets an existing one becomes an edit.'
          : UNKNOWN_WORDS;
        const verdict = known ? 'fine' : 'problem';
        say('duplicate', verdict, status, `It is refused: ${status}.`, effect);
      } else if (answered === null) {
        const effect = 'It would be taken for a value on the exclusion list.';
        say('duplicate', 'problem', 'nothing', 'It answers 200 without an indicator.', effect);
      } else if (answered.id !== created.id) {
        const words = 'It makes a second indicator of the same value.';
        const effect = 'Before every create it is looked for; two at once may leave two.';
        say('duplicate', 'note', 'second', words, effect);
      } else {
        const kept = after.CustomFields?.description !== undefined;
        const changed = after.score === 2;
        const answer = changed ? (kept ? 'merged' : 'replaced') : 'kept';
        const words = {
          merged: 'It is merged into the existing one.',
          replaced: 'It replaces the existing one, whose other fields are lost.',
          kept: 'It answers with the existing one, unchanged.',
        }[answer];
        const effect =
          'What comes back is compared with what was sent, and edited where it differs.';
        say('duplicate', answer === 'replaced' ? 'note' : 'fine', answer, words, effect);
      }
    },

    edit(attempt: Attempt, edited: IocObject | null, before: IocObject): void {
      if (edited !== null) {
        const words = `Yes: version ${before.version} became ${edited.version}.`;
        say('edit', 'fine', 'edited', words, 'Nothing to do.');
      } else {
        const error = attempt.kind === 'refused' ? attempt.error : null;
        const answer = error === null ? 'nothing' : refusalOf(error);
        const words = `No: ${error?.message ?? 'it answered without an indicator'}`;
        const effect =
          'Updates cannot be pushed here. Set XSOAR_API=8-internal; auto means that from the next start of a worker on.';
        say('edit', 'problem', answer, words, effect);
      }
    },

    staleVersion(attempt: Attempt): void {
      const status = refused(attempt);
      if (status === null) {
        const words = 'No, it overwrites what came between.';
        const effect = "An analyst's edit within the milliseconds of a push may be lost.";
        say('staleVersion', 'note', 'accepted', words, effect);
      } else {
        const known = isUnderstood(attempt, isVersionConflict);
        const effect = known ? 'The indicator is read again, merged and sent anew.' : UNKNOWN_WORDS;
        say('staleVersion', known ? 'fine' : 'problem', status, `Yes: ${status}.`, effect);
      }
    },

    missingVersion(attempt: Attempt): void {
      const status = refused(attempt);
      const words = status === null ? 'Yes.' : `No: ${status}.`;
      const effect = 'The version that was read is always sent.';
      say('missingVersion', 'fine', status ?? 'accepted', words, effect);
    },

    partialEdit({ CustomFields }: IocObject): void {
      const kept = CustomFields?.description !== undefined || CustomFields?.tags !== undefined;
      const words = kept ? 'Yes.' : 'No, they are emptied.';
      const effect = 'The whole indicator is always sent, as it was read.';
      say('partialEdit', 'fine', kept ? 'kept' : 'emptied', words, effect);
    },

    unknownField(attempt: Attempt, shown: IocObject | null): void {
      const status = refused(attempt);
      if (status !== null) {
        const words = `The edit is refused: ${status}.`;
        const effect = 'Every field that is pushed must exist: see the check of fields.';
        say('unknownField', 'note', status, words, effect);
      } else {
        const stored = shown?.CustomFields?.xsoarintelprobe !== undefined;
        const words = stored ? 'It is stored.' : 'It is dropped.';
        const effect = stored
          ? 'Nothing to do; it shows on no layout.'
          : 'A field that does not exist makes every re-read look changed: see the check of fields.';
        say('unknownField', stored ? 'fine' : 'note', stored ? 'stored' : 'dropped', words, effect);
      }
    },

    unknownType(attempt: Attempt): void {
      const status = refused(attempt);
      const words = status === null ? 'Yes.' : `It is refused: ${status}.`;
      const effect =
        status === null
          ? 'An indicator of a missing type has no layout: see the check of types.'
          : 'An indicator of a missing type becomes a dead letter: see the check of types.';
      say('unknownType', 'fine', status ?? 'accepted', words, effect);
    },

    serverFields(object: IocObject): void {
      const brands = JSON.stringify(object.sourceBrands ?? null).includes('xsoar-intel-probe');
      const fields = JSON.stringify(object.manuallyEditedFields ?? null).includes('score');
      const answer = `sourceBrands ${brands ? 'taken' : 'ignored'}, manuallyEditedFields ${fields ? 'taken' : 'ignored'}`;
      say('serverFields', 'fine', answer, `${answer}.`, 'Neither is sent, both are kept as read.');
    },

    unknownId(attempt: Attempt): void {
      const status = refused(attempt);
      if (status === null) {
        const effect = 'An indicator that somebody deleted cannot be told from one that is there.';
        say('unknownId', 'problem', 'accepted', 'It is taken, though there is none.', effect);
      } else {
        const known = isUnderstood(attempt, isNotFound);
        const effect = known
          ? 'The indicator is looked for by its value and created anew.'
          : UNKNOWN_WORDS;
        say('unknownId', known ? 'fine' : 'problem', status, `It is refused: ${status}.`, effect);
      }
    },

    emptyFilterDelete(attempt: Attempt, gone: boolean): void {
      const status = refused(attempt);
      const answer = status ?? (gone ? 'works' : 'nothing');
      const words = status === null ? (gone ? 'Yes.' : 'No: 200, and nothing.') : `No: ${status}.`;
      say('emptyFilterDelete', 'fine', answer, words, 'A query for the ids is always sent.');
    },

    delete(attempt: Attempt, gone: boolean): void {
      const status = refused(attempt);
      if (gone) {
        say('delete', 'fine', 'works', 'Yes.', 'Nothing to do.');
      } else {
        const words = `No: ${attempt.kind === 'refused' ? attempt.error.message : '200, and nothing was deleted'}`;
        const effect = "What OpenCTI deletes stays in XSOAR. Check the rights of the key's role.";
        say('delete', 'problem', status ?? 'nothing', words, effect);
      }
    },

    absentDelete(attempt: Attempt): void {
      const status = refused(attempt);
      const { notUpdated, updatedIds, uppdated } = Object(
        attempt.kind === 'taken' ? attempt.body : null,
      ) as Record<string, unknown>;
      const words =
        status === null
          ? `200, ${JSON.stringify({ notUpdated, updatedIds, uppdated })}.`
          : `It is refused: ${status}.`;
      const effect = 'What is not in updatedIds is looked for before it is taken for gone.';
      say('absentDelete', 'fine', status ?? '200', words, effect);
    },

    recreate(attempt: Attempt, created: IocObject | null): void {
      if (created !== null) {
        say('recreate', 'fine', 'created', 'Yes.', 'A delete excludes nothing.');
        return;
      }
      const answer = refused(attempt) ?? 'excluded';
      const words = `No: ${answer}. The delete has put it on the exclusion list.`;
      const effect = 'A value that is deleted once can never come back: please report it.';
      say('recreate', 'problem', answer, words, effect);
    },

    /** Calls that the connector does not make: the answer changes nothing. */
    offered(question: 'feed' | 'whitelist', attempt: Attempt): void {
      const status = refused(attempt);
      const words = status === null ? 'Yes.' : `No: ${status}.`;
      say(question, 'fine', status ?? 'offered', words, 'It is not used.');
    },
  };
}
