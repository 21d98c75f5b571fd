import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type BadLine, readLines, readNdjson } from '../http/lines.ts';
import type { Operation } from '../opencti/operation.ts';
import { createBundleReader, type ReadCounts } from './objects.ts';

/** What reading a file came to; complete once the feed has ended. */
export interface FileReport extends ReadCounts {
  /** The first bad places, at most 100; `bad` counts all. */
  problems: BadLine[];
}

/** A STIX file as a feed of operations. */
export interface StixFile {
  feed: AsyncGenerator<Operation>;
  report(): FileReport;
}

const shown = 100;

/** True when the first line that is not empty is a whole JSON value: NDJSON, or a bundle on one line. */
async function isLineWise(path: string): Promise<boolean> {
  const stream = createReadStream(path);
  try {
    for await (const { text } of readLines(stream)) {
      if (text.trim() === '') continue;
      try {
        JSON.parse(text);
        return true;
      } catch {
        // A pretty-printed document starts with a bracket alone; NDJSON may start with a bad line.
        return !/^\s*[[{]\s*$/.test(text);
      }
    }
    return true;
  } finally {
    stream.destroy();
  }
}

/**
 * Reads a STIX 2.0 or 2.1 file: a bundle, a JSON list of objects, or NDJSON with one
 * object (or bundle) a line. NDJSON is read line by line, twice: the first time only
 * for authors and markings, which may stand after what refers to them. A line that
 * cannot be used is reported and counted; a file that cannot be read at all rejects.
 */
export function openStixFile(path: string, options: { now?: () => number } = {}): StixFile {
  const now = options.now ?? Date.now;
  const problems: BadLine[] = [];
  const counts: ReadCounts = { indicators: 0, references: 0, others: 0, bad: 0 };
  const note = (problem: BadLine): void => {
    counts.bad += 1;
    if (problems.length < shown) problems.push(problem);
  };

  async function* pass(
    only: 'references' | 'rest',
    whole: unknown[] | null,
  ): AsyncGenerator<Operation> {
    const reader = createBundleReader({ now, only });
    const onBad = only === 'rest' ? note : () => {};
    const values = whole
      ? whole.map((value) => ({ line: 1, value }))
      : readNdjson(createReadStream(path), onBad);
    for await (const { line, value } of values) {
      for (const result of reader.take(value, line)) {
        if ('reason' in result) onBad(result);
        else yield result;
      }
    }
    counts.indicators += reader.counts.indicators;
    counts.references += reader.counts.references;
    counts.others += reader.counts.others;
  }

  async function* feed(): AsyncGenerator<Operation> {
    let whole: unknown[] | null = null;
    if (!(await isLineWise(path))) {
      const value: unknown = JSON.parse(await readFile(path, 'utf8'));
      whole = Array.isArray(value) ? value : [value];
    }
    yield* pass('references', whole);
    yield* pass('rest', whole);
  }

  return { feed: feed(), report: () => ({ ...counts, problems: [...problems] }) };
}
