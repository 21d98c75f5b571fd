/**
 * Takes a text apart into what is to be explained. The first line that is not empty tells what the
 * text is:
 *
 *   whole JSON value ──▶ NDJSON: a value on each line, read as it comes
 *   `data: ...`      ──▶ a recorded stream: the value behind each `data:`
 *   anything else    ──▶ the whole text is read, and then it is
 *                          one JSON document, or
 *                          NDJSON with a bad first line, or
 *                          a pattern, or a pattern on each line
 */

import { parseLeniently } from '@xsoar-intel/pipeline';
import { PatternError } from '@xsoar-intel/stix-pattern';
import { type Line, splitLines } from './lines.ts';
import { patternSubject, type Subject, unreadable } from './subject.ts';
import { unwrap } from './unwrap.ts';

/** Longest line, and longest text that has to be held as a whole; characters. */
const mostCharacters = 256 * 1024 * 1024;

// The field names of server-sent events, and the comment that servers send to keep a line open.
const eventField = /^(?:id|event|data|retry):|^:/;

/**
 * The subjects of a text that arrives in pieces.
 * @throws RangeError when a line or a document is too long to be held
 */
export async function* readSubjects(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Subject> {
  const lines = splitLines(pieces, mostCharacters);
  const first = await firstLine(lines);
  if (first === null) return;
  if (eventField.test(first.text)) yield* readEvents(first, lines);
  else if (parseJson(first.text).ok) yield* readNdjson(first, lines);
  else yield* readDocument(await collect(first, lines));
}

async function firstLine(lines: AsyncGenerator<Line>): Promise<Line | null> {
  for (;;) {
    const next = await lines.next();
    if (next.done) return null;
    if (next.value.text.trim() !== '') return next.value;
  }
}

async function* readNdjson(first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Subject> {
  const second = await firstLine(rest);
  // A bundle or an event on one line is the usual single document.
  yield* subjectsOfLine(first, second === null);
  if (second === null) return;
  yield* subjectsOfLine(second, false);
  for await (const line of rest) yield* subjectsOfLine(line, false);
}

async function* readEvents(first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Subject> {
  for await (const line of chain(first, rest)) {
    if (!line.text.startsWith('data:')) continue;
    const json = parseJson(line.text.slice('data:'.length));
    // The stream's own messages (connected, heartbeat) are no entities.
    if (json.ok && isEntityEvent(json.value)) yield* unwrap(json.value, `line ${line.number}`);
  }
}

function* subjectsOfLine({ number, text }: Line, only: boolean): Generator<Subject> {
  if (text.trim() === '') return;
  const place = only ? null : `line ${number}`;
  const json = parseJson(text);
  if (json.ok) yield* unwrap(json.value, place);
  else yield unreadable(place, `it is no JSON: ${json.problem}`);
}

function* readDocument(lines: readonly Line[]): Generator<Subject> {
  const whole = lines.map(({ text }) => text).join('\n');
  const json = parseJson(whole);
  if (json.ok) {
    yield* unwrap(json.value, null);
    return;
  }
  const filled = lines.filter(({ text }) => text.trim() !== '');
  const someJson = filled.some(({ text }) => text.trim().startsWith('{') && parseJson(text).ok);
  if (someJson) for (const line of filled) yield* subjectsOfLine(line, false);
  else if (looksLikeJson(whole)) yield unreadable(null, `it is no JSON: ${json.problem}`);
  else yield* patternsOf(whole, filled);
}

/** One pattern, however many lines it takes, or one on each line. */
function* patternsOf(whole: string, lines: readonly Line[]): Generator<Subject> {
  const each = lines.every(({ text }) => /^\s*[[(]/.test(text));
  if (lines.length > 1 && each && !isPattern(whole)) {
    for (const { number, text } of lines) {
      yield patternSubject(text.trim(), `line ${number}`);
    }
  } else {
    yield patternSubject(whole.trim());
  }
}

function isPattern(text: string): boolean {
  try {
    parseLeniently(text);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

// A pattern has a name or a parenthesis behind its bracket, a JSON list something else.
function looksLikeJson(text: string): boolean {
  return /^\s*(?:\{|\[\s*[{"])/.test(text);
}

function isEntityEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'data' in value;
}

type Json = { ok: true; value: unknown } | { ok: false; problem: string };

function parseJson(text: string): Json {
  // Most lines that are no JSON are told by their first character; an error object is costly.
  if (!/^\s*[[{]/.test(text)) return { ok: false, problem: 'it begins with neither { nor [' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function collect(first: Line, rest: AsyncGenerator<Line>): Promise<Line[]> {
  const lines: Line[] = [];
  let characters = 0;
  for await (const line of chain(first, rest)) {
    lines.push(line);
    characters += line.text.length + 1;
    if (characters > mostCharacters) {
      throw new RangeError(
        `a JSON document longer than ${mostCharacters} characters; as NDJSON it can be of any length`,
      );
    }
  }
  return lines;
}

async function* chain(first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Line> {
  yield first;
  yield* rest;
}
