import { createReadStream, statSync } from 'node:fs';
import type { Config } from '@xsoar-intel/config';
import { compileFilter } from '@xsoar-intel/pipeline';
import { EXIT } from '../../exit-code.ts';
import { CommandError, loadFor } from '../../load.ts';
import { filterOptions, mappingOptions } from '../../settings.ts';
import { createOutput } from '../../terminal/output.ts';
import { createPaint, wantsColor } from '../../terminal/paint.ts';
import { visible } from '../../terminal/visible.ts';
import { explain as explainJudgement } from './explanation.ts';
import { chooseSource, type Source } from './input/choose-source.ts';
import { fetchSubject } from './input/fetch-subject.ts';
import { readSubjects } from './input/read-subjects.ts';
import { patternSubject, type Subject } from './input/subject.ts';
import { judge, type Rules } from './judge.ts';
import { jsonReport, textReport } from './report.ts';

/** Options of `explain`. */
export interface ExplainOptions {
  json?: boolean;
  all?: boolean;
  config?: string;
}

/** `xsoar-intel explain`: shows what becomes of an indicator, and why. */
export async function explain(argument: string, options: ExplainOptions): Promise<number> {
  const { config, notes } = loadFor('explain', options.config);
  for (const { level, variable, message } of notes) {
    if (level === 'warning') process.stderr.write(`warning: ${variable} ${message}\n`);
  }
  const authors = new Map<string, string>();
  const rules: Rules = {
    mapping: { ...mappingOptions(config), authorName: (ref) => authors.get(ref) },
    filter: compileFilter(filterOptions(config)),
    now: Date.now(),
  };
  const out = createOutput(process.stdout);
  const paint = createPaint(wantsColor(process.env, process.stdout.isTTY));
  const report = options.json
    ? jsonReport(out.line)
    : textReport(out.line, paint, options.all === true);

  const source = chooseSource(argument, kindOfFile);
  let count = 0;
  let unread = 0;
  for await (const subject of subjectsOf(source, config, authors)) {
    if (!(await out.room())) return EXIT.fine;
    learnAuthor(subject, authors);
    const judgement = judge(subject, rules);
    count += 1;
    if (judgement.outcome === 'unreadable') unread += 1;
    report.add(judgement, () => explainJudgement(judgement, rules));
  }
  if (count === 0) throw new CommandError(`${sourceName(source)} holds nothing to explain.`);
  report.end();
  await out.flush();
  return unread > 0 ? EXIT.failed : EXIT.fine;
}

async function* subjectsOf(
  source: Source,
  config: Config,
  authors: Map<string, string>,
): AsyncGenerator<Subject> {
  switch (source.kind) {
    case 'nothing':
      throw new CommandError(source.problem);
    case 'id': {
      const { subject, author } = await fetchSubject(source.id, config);
      if (author !== null) authors.set(...author);
      yield subject;
      return;
    }
    case 'text':
      // As JSON this is an empty list, but nobody asks about that.
      if (/^\[\s*\]$/.test(source.text)) yield patternSubject(source.text);
      else yield* readSubjects([source.text]);
      return;
    case 'stdin':
      yield* readStream(process.stdin.setEncoding('utf8'), source);
      return;
    case 'file':
      yield* readStream(createReadStream(source.path, 'utf8'), source);
  }
}

async function* readStream(stream: AsyncIterable<string>, source: Source): AsyncGenerator<Subject> {
  try {
    yield* readSubjects(stream);
  } catch (error) {
    // Too long a document, or what the system says about a file.
    const problem = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Cannot read ${sourceName(source)}: ${visible(problem)}`);
  }
}

/** Authors that the input itself names, as a worker learns them from the stream. */
function learnAuthor({ content }: Subject, authors: Map<string, string>): void {
  if (content.kind !== 'object' || content.object.type !== 'identity') return;
  const { id, name } = content.object;
  if (typeof name === 'string') authors.set(id, name);
}

function kindOfFile(path: string): 'file' | 'folder' | 'none' {
  // A pattern is longer than any name may be, and then the system complains instead of looking.
  const found = path.length > 4_096 ? undefined : tryStat(path);
  if (found === undefined) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
}

function tryStat(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function sourceName(source: Source): string {
  switch (source.kind) {
    case 'stdin':
      return 'standard input';
    case 'file':
      return visible(source.path);
    default:
      return 'The argument';
  }
}
