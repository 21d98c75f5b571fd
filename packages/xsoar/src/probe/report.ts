import type { XsoarApi } from '../xsoar-client.ts';

/** What a write probe finds out. */
export const PROBE_QUESTIONS = {
  create: 'Can indicators be created?',
  clientId: 'Is an id that the client gives kept?',
  storedValue: 'Is a value stored as it was sent?',
  indexLag: 'How long until a search shows a write?',
  duplicate: 'What does a create of an existing value do?',
  edit: 'Can indicators be edited on this path?',
  staleVersion: 'Is an edit with an older version refused?',
  missingVersion: 'Is an edit without a version taken?',
  partialEdit: 'Are fields that an edit leaves out kept?',
  unknownField: 'What becomes of a custom field that does not exist?',
  serverFields: 'Are sourceBrands and manuallyEditedFields taken from a client?',
  unknownType: 'Is a type that does not exist taken?',
  unknownId: 'What does an edit of an unknown id answer?',
  emptyFilterDelete: 'Does a delete with ids and an empty filter work?',
  delete: 'Does a delete with ids and a query for them work?',
  absentDelete: 'What does a delete of an absent id answer?',
  recreate: 'Can a deleted value be created again?',
  feed: 'Is the call for feeds offered on this path?',
  whitelist: 'Is the call that deletes by value offered on this path?',
} as const;

/** Name of a question. */
export type ProbeQuestion = keyof typeof PROBE_QUESTIONS;

/**
 * Numbers of the open questions about XSOAR's API that the answers are about, as
 * docs/xsoar.md lists them. What has none is needed to ask the others.
 */
export const OPEN_QUESTION: Partial<Record<ProbeQuestion, number>> = {
  duplicate: 1,
  clientId: 2,
  unknownId: 3,
  missingVersion: 4,
  partialEdit: 4,
  emptyFilterDelete: 5,
  absentDelete: 6,
  edit: 8,
  feed: 8,
  whitelist: 8,
  unknownField: 9,
  unknownType: 9,
  storedValue: 10,
  serverFields: 11,
};

/** An open question that no probe asks. */
export interface UnprobedQuestion {
  number: number;
  asked: string;
  /** Why it is not asked. */
  because: string;
  /** What the connector does, whatever the answer is. */
  effect: string;
}

/** What would take harm, time or luck to find out. */
export const UNPROBED_QUESTIONS: readonly UnprobedQuestion[] = [
  {
    number: 7,
    asked: 'Is there a 429, with which headers, and a quota for each key?',
    because: 'it would take a flood of requests, at the cost of everybody who uses this XSOAR',
    effect: 'A 429 holds all deliveries for as long as Retry-After says, or with a growing wait.',
  },
  {
    number: 12,
    asked: "How far may the time of an advanced key's request be off?",
    because: 'wrong times look like an attack, and may lock the key',
    effect: 'The clocks are compared: see the finding about the clock.',
  },
];

/** `problem`: the connector cannot do its work so. */
export type ProbeVerdict = 'fine' | 'note' | 'problem';

/** How a tenant answers one question. */
export interface ProbeAnswer {
  question: ProbeQuestion;
  /** Number of the open question that it is about, see {@link OPEN_QUESTION}; null for none. */
  number: number | null;
  /** The question in words. */
  asked: string;
  /** One word or a status, for programs: the same for the same behaviour. */
  answer: string;
  /** What was seen. */
  words: string;
  /** What the connector makes of it. */
  effect: string;
  verdict: ProbeVerdict;
}

/** What a write probe found. */
export interface WriteProbeReport {
  /** The indicator that was used; `.invalid` is never a real domain (RFC 2606). */
  value: string;
  /** Where requests went. */
  address: string;
  api: XsoarApi;
  answers: ProbeAnswer[];
  /** Questions that could not be asked, because an earlier step failed. */
  unanswered: ProbeQuestion[];
  /** Open questions that no probe asks. */
  unprobed: readonly UnprobedQuestion[];
  /** Why it ended early; null when it went through. */
  failure: string | null;
  /** Nothing of the probe is left in XSOAR, as far as its index shows. */
  cleanedUp: boolean;
}

/** No answer is a problem, and none is missing. */
export function isProbeFine({ answers, failure, cleanedUp }: WriteProbeReport): boolean {
  return failure === null && cleanedUp && answers.every(({ verdict }) => verdict !== 'problem');
}

/** The report as text, a few lines for each question. */
export function formatProbeReport(report: WriteProbeReport): string {
  const marks: Record<ProbeVerdict, string> = { fine: 'ok  ', note: 'note', problem: 'BAD ' };
  const lines = [`Write probe of ${report.address} with ${report.value}`, ''];
  for (const { verdict, asked, words, effect } of report.answers) {
    lines.push(`${marks[verdict]} ${asked}`, `     ${words}`, `     ${effect}`);
  }
  for (const question of report.unanswered) {
    lines.push(`?    ${PROBE_QUESTIONS[question]}`, '     not asked');
  }
  for (const { asked, because, effect } of report.unprobed) {
    lines.push(`-    ${asked}`, `     not probed, because ${because}`, `     ${effect}`);
  }
  if (report.failure !== null) lines.push('', `The probe ended early: ${report.failure}`);
  lines.push('', report.cleanedUp ? 'Nothing of it is left.' : leftOver(report));
  return `${lines.join('\n')}\n`;
}

function leftOver({ value }: WriteProbeReport): string {
  return `Something may be left: search for ${value} in Threat Intel and delete it.`;
}
