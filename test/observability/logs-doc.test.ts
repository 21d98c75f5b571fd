import { describe, expect, it } from 'vitest';
import { read } from './files.ts';
import { logCalls, sourceStrings } from './source-strings.ts';

interface Row {
  level: string;
  message: string;
}

/** The rows of the tables whose message is written out. */
const rows: Row[] = read('docs/logs.md')
  .split('\n')
  .flatMap((line) => {
    const found = /^\| (debug|info|warn|error) \| `([^`]+)` \|/.exec(line);
    return found ? [{ level: found[1] ?? '', message: found[2] ?? '' }] : [];
  });

/** Whether a row of the page is about this call: all that is fixed in the row is in the message. */
const fits = (row: Row, parts: readonly string[]): boolean =>
  row.message
    .split('…')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .every((piece) => parts.some((part) => part.includes(piece)));

describe('docs/logs.md', () => {
  it('has only messages that the source has', () => {
    expect(rows.length).toBeGreaterThan(30);
    const source = sourceStrings();
    const unknown = rows.flatMap(({ message }) =>
      message
        .split('…')
        .map((piece) => piece.trim())
        .filter((piece) => piece !== '' && !source.includes(piece)),
    );
    expect(unknown).toEqual([]);
  });

  it('has every warning and error, at its level', () => {
    const calls = logCalls(['warn', 'error']);
    expect(calls.length).toBeGreaterThan(20);
    // What the simulators log concerns nobody in production.
    const missing = calls.filter(
      ({ level, parts }) =>
        parts[0] !== 'the feed failed' &&
        !rows.some((row) => row.level === level && fits(row, parts)),
    );
    expect(missing).toEqual([]);
  });

  it('tells levels as they are', () => {
    const calls = logCalls(['debug', 'info', 'warn', 'error']);
    const wrong = rows.filter((row) => {
      const about = calls.filter(({ parts }) => fits(row, parts));
      return about.length > 0 && !about.some(({ level }) => level === row.level);
    });
    expect(wrong).toEqual([]);
  });
});
