/** The answer about one subject, as text: sections with a title, the most important first. */
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import type { Paint } from '../../../terminal/paint.ts';
import { excerpt, padded, visible, wrapped } from '../../../terminal/visible.ts';
import type { Explanation } from '../explanation.ts';
import { headline } from '../headline.ts';
import type { LeftOutPart } from '../left-out.ts';
import { placeFinder, placeText } from '../reading/place.ts';
import type { Fate, ValueFate } from '../value-fates.ts';
import { requestLines } from './request-lines.ts';
import { syntaxErrorLines } from './syntax-error.ts';
import { treeLines } from './tree.ts';

/** Columns of prose; tables and JSON may be wider. */
const lineWidth = 96;

/** How much is shown. */
export interface Extent {
  /** Lines of tree, values and parts that are left out. */
  rows: number;
}

/** Enough for what people look at one by one, and all of it. */
export const EXTENT = { usual: { rows: 40 }, all: { rows: Number.POSITIVE_INFINITY } } as const;

/** All sections that have something to say. */
export function explanationText(explanation: Explanation, paint: Paint, extent: Extent): string {
  const { reading } = explanation;
  const sections: [title: string, lines: string[]][] = [
    ['', [...subjectLines(explanation, paint), ...headlineLines(explanation, paint)]],
    ['The mistake', reading?.ok === false ? syntaxErrorLines(reading, paint) : []],
    ['How the pattern reads', reading?.ok ? treeLines(reading, paint, extent.rows) : []],
    ['Values that it names as observed', valueLines(explanation, paint, extent)],
    ['Left out', leftOutLines(explanation.leftOut, paint, extent)],
    ['Worth knowing', noteLines(explanation.notes, paint, extent)],
    ['Where fields come from', factLines(explanation)],
    ['What XSOAR is sent', requestLines(explanation, paint, extent)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => {
      if (title === '') return lines.join('\n');
      return [paint.title(title), ...lines.map((line) => (line === '' ? '' : `  ${line}`))].join(
        '\n',
      );
    })
    .join('\n\n');
}

function subjectLines({ judgement, reading }: Explanation, paint: Paint): string[] {
  const { subject, object, operation } = judgement;
  if (subject.content.kind === 'unreadable') return [];
  const parts: string[] = [];
  if (subject.place !== null) parts.push(`${subject.place}:`);
  if (operation !== null) parts.push(`${operation} of`);
  if (subject.content.kind === 'object' && object !== null) {
    parts.push(excerpt(object.type, 40));
    if (typeof object.name === 'string') parts.push(`"${excerpt(object.name, 80)}"`);
    if (object.id !== '') parts.push(`(${excerpt(object.id, 80)})`);
  } else if (subject.content.kind === 'pattern' && reading?.ok && subject.place !== null) {
    parts.push(excerpt(subject.content.pattern, 100));
  }
  return parts.length === 0 ? [] : [paint.strong(parts.join(' '))];
}

function headlineLines(explanation: Explanation, paint: Paint): string[] {
  const [first = '', ...rest] = headline(explanation);
  const { outcome } = explanation.judgement;
  const color =
    outcome === 'unreadable'
      ? paint.bad
      : outcome === 'left-out' || outcome === 'ignored'
        ? paint.warn
        : paint.good;
  return [
    ...wrapped(first, lineWidth).map(color),
    ...rest.flatMap((line) => wrapped(line, lineWidth)),
  ];
}

function valueLines({ values, reading }: Explanation, paint: Paint, extent: Extent): string[] {
  const placeOf = placeFinder(reading?.text ?? '');
  const rows = values.slice(0, extent.rows).map((value) => {
    const { observed } = value;
    return {
      place: placeText(placeOf(observed.offset)),
      path: excerpt(`${observed.objectType}:${observed.path}`, 44),
      text: excerpt(String(observed.value), 70),
      fate: fateText(value, paint),
    };
  });
  const place = widest(rows.map((row) => row.place));
  const path = widest(rows.map((row) => row.path));
  const text = widest(rows.map((row) => row.text));
  const lines = rows.map(
    (row) =>
      `${paint.faint(padded(row.place, place))}  ${padded(row.path, path)}  ${padded(row.text, text)}  ${row.fate}`,
  );
  return withRest(lines, values.length - rows.length, paint);
}

function fateText({ observed, fate }: ValueFate, paint: Paint): string {
  switch (fate.kind) {
    case 'indicator': {
      const changed = fate.value === String(observed.value) ? '' : ` ${excerpt(fate.value, 70)}`;
      return paint.good(`→ ${fate.type}${changed}`) + (fate.again ? ', once more' : '');
    }
    case 'field':
      return paint.good(`→ field ${fate.field} of ${fate.type} ${excerpt(fate.value, 20)}`);
    case 'left-out':
      return paint.warn(`→ left out${leftOutLabel(fate)}`);
  }
}

function leftOutLabel({ skip }: Extract<Fate, { kind: 'left-out' }>): string {
  return skip === null ? '' : ` (${skip.reason})`;
}

function leftOutLines(parts: readonly LeftOutPart[], paint: Paint, extent: Extent): string[] {
  const shown = parts.slice(0, extent.rows);
  const places = shown.map(({ comparison }) => (comparison ? placeText(comparison.place) : ''));
  const width = widest(places);
  const indent = `${' '.repeat(width)}  `;
  const lines = shown.flatMap((part, index) => {
    const { comparison, because, reason, values } = part;
    const what = comparison === null ? listed(values) : excerpt(comparison.text, 100);
    const place = paint.faint(padded(places[index] ?? '', width));
    const named = what === '' ? [] : [`${place}  ${paint.strong(what)}`];
    if (comparison !== null && comparison.values > 1)
      named.push(`${indent}of it: ${listed(values)}`);
    const next = shown[index + 1];
    // What one reason strikes in a row has it once, behind the last of them.
    if (next?.because === because && next.reason === reason) return named;
    const why = wrapped(`because ${visible(because)} (${reason})`, lineWidth - width);
    return [...named, ...why.map((line) => indent + line)];
  });
  return withRest(lines, parts.length - shown.length, paint);
}

function listed(values: readonly string[]): string {
  if (values.length === 0) return '';
  const shown = values.slice(0, 5).map((value) => excerpt(value, 60));
  const more = values.length > 5 ? ` and ${values.length - 5} more` : '';
  return `${shown.join(', ')}${more}`;
}

function factLines({ facts }: Explanation): string[] {
  const name = widest(facts.map((fact) => fact.name));
  const value = widest(facts.map((fact) => fact.value));
  return facts.map(
    (fact) => `${padded(fact.name, name)}  ${padded(fact.value, value)}  ${fact.why}`,
  );
}

function noteLines(notes: readonly string[], paint: Paint, extent: Extent): string[] {
  const shown = notes.slice(0, extent.rows);
  const lines = shown.flatMap((note) =>
    wrapped(visible(note), lineWidth).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`),
  );
  return withRest(lines, notes.length - shown.length, paint);
}

function withRest(lines: string[], rest: number, paint: Paint): string[] {
  return rest > 0 ? [...lines, paint.faint(`… and ${rest} more (--all)`)] : lines;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, padded(text, 0).length), 0);
}

/** The name of an indicator in lists. */
export function indicatorName({ indicator_type: type, value }: DesiredIndicator): string {
  return `${type} ${excerpt(value, 80)}`;
}
