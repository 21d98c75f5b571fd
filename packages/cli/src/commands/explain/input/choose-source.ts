import { visible } from '../../../terminal/visible.ts';

/** Where to look for what is to be explained. */
export type Source =
  | { kind: 'stdin' }
  | { kind: 'file'; path: string }
  /** The id of an object in OpenCTI, internal or STIX. */
  | { kind: 'id'; id: string }
  /** The text itself: a pattern, or the JSON of an object. */
  | { kind: 'text'; text: string }
  | { kind: 'nothing'; problem: string };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const openctiId = new RegExp(`^(?:[a-z][a-z0-9-]{0,60}--)?${uuid}$`, 'i');

// What people call files of indicators, and how paths begin that cannot begin a pattern.
const fileName = /\.(?:json|ndjson|jsonl|stix|stix2|txt|log|gz|zip)$/i;
const pathStart = /^(?:\.{0,2}\/|~\/|[a-z]:\\)/i;

/**
 * What the argument means. A file that is there comes first; then an id; anything else is a text.
 * @param kindOfFile what is there under the argument as a path
 */
export function chooseSource(
  argument: string,
  kindOfFile: (path: string) => 'file' | 'folder' | 'none',
): Source {
  if (argument === '-') return { kind: 'stdin' };
  const found = kindOfFile(argument);
  if (found === 'file') return { kind: 'file', path: argument };
  const shown = visible(argument);
  if (found === 'folder') {
    return { kind: 'nothing', problem: `${shown} is a folder; give one of the files in it.` };
  }
  const text = argument.trim();
  if (text === '') return { kind: 'nothing', problem: 'The argument is empty.' };
  if (openctiId.test(text)) return { kind: 'id', id: text.toLowerCase() };
  if (fileName.test(text) || pathStart.test(text)) {
    return { kind: 'nothing', problem: `There is no file ${shown}.` };
  }
  return { kind: 'text', text };
}
