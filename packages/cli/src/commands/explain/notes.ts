import type { MappingNote, MappingResult } from '@xsoar-intel/pipeline';
import { excerpt } from '../../terminal/visible.ts';
import type { Judgement } from './judge.ts';
import type { LeftOutPart } from './left-out.ts';
import { conditionsLost } from './reading/conditions.ts';
import { placeFinder, placeText } from './reading/place.ts';
import type { PatternReading } from './reading/read-pattern.ts';
import type { ValueFate } from './value-fates.ts';

const shown = 120;

type PlaceOf = ReturnType<typeof placeFinder>;

/** What else is worth knowing: what was cleaned, cut, dropped, and what the pattern says that XSOAR cannot. */
export function notesOf(
  judgement: Judgement,
  reading: PatternReading | null,
  values: readonly ValueFate[],
  leftOut: readonly LeftOutPart[],
): string[] {
  const { result, object } = judgement;
  const notes: string[] = [];
  if (reading?.ok && reading.doubleQuotedSteps) {
    notes.push(
      'Part of a path is in double quotes, which the STIX grammar does not have; it is read as if in single quotes.',
    );
  }
  if (hasFileOfSeveralHashes(values)) {
    notes.push(
      'Hashes of different algorithms in one [ ... ] are one file, also with OR between them, since OpenCTI writes a file so. Its best hash is the value, the others are fields.',
    );
  }
  if (reading?.ok && result?.ok) notes.push(...conditionsLost(reading, result));
  const placeOf = placeFinder(reading?.text ?? '');
  for (const note of result?.notes ?? []) {
    notes.push(`${noteText(note, placeOf)}${portText(note, result)}`);
  }
  notes.push(...escapedTwice(values, placeOf));
  const own = leftOut.find(mayHaveOwnType)?.comparison;
  if (own) {
    notes.push(
      `XSOAR_EXTRA_TYPES can send an observable as a type of your own: ${own.subject}=<name of the type>.`,
    );
  }
  if (judgement.operation === 'merge') {
    notes.push('A merge also deletes the indicators that were merged into this one.');
  }
  if (object?.revoked === true && judgement.outcome === 'sent') {
    notes.push(
      'The indicator is revoked: it is sent all the same, with an expiry in the past, so that XSOAR shows it as expired.',
    );
  }
  return notes;
}

function noteText(note: MappingNote, placeOf: PlaceOf): string {
  const { kind, detail, offset, original = '', value = '', why = detail } = note;
  const place = offset === undefined ? '' : `${placeText(placeOf(offset))}: `;
  switch (kind) {
    case 'normalised':
      return `${place}sent as ${excerpt(value, shown)}, written ${excerpt(original, shown)}.`;
    case 'retyped':
      return `${place}${excerpt(original, shown)} is not what the pattern says: ${why}.`;
    case 'cut':
      return `Cut: ${detail}.`;
    case 'dropped':
      return `Not used: ${detail}.`;
    case 'cross-check':
      return `OpenCTI's own list (observable_values) also has ${excerpt(value, shown)}, which the pattern does not name as observed. The pattern decides.`;
  }
}

/** A port that was cut off an address is not lost. */
function portText(
  { kind, original = '', value }: MappingNote,
  result: MappingResult | null,
): string {
  const port = /:(\d{1,5})$/.exec(original)?.[1];
  if (kind !== 'normalised' || port === undefined || !result?.ok) return '';
  const ports = result.indicators.find((one) => one.value === value)?.CustomFields.port;
  return Array.isArray(ports) && ports.includes(port) ? ` The port goes into the field port.` : '';
}

function hasFileOfSeveralHashes(values: readonly ValueFate[]): boolean {
  return values.some(
    ({ observed, fate }) =>
      fate.kind === 'field' && fate.type === 'File' && observed.path.startsWith('hashes.'),
  );
}

/** Whether a type of the operator's own may help: for what names a thing, not for a detail of one. */
function mayHaveOwnType({ reason, comparison }: LeftOutPart): boolean {
  if (reason !== 'unsupported-observable' || comparison === null) return false;
  const { subject } = comparison;
  return /^(?!file:|artifact:)[a-z\d-]+:(?:value|command_line|subject|path|name|number)$/.test(
    subject,
  );
}

/** Producers that escape twice write values that nobody will ever see. */
function escapedTwice(values: readonly ValueFate[], placeOf: PlaceOf): string[] {
  return values.flatMap(({ observed, fate }) => {
    const { value, objectType, offset } = observed;
    const doubled = typeof value === 'string' && /[^\\/:]\\\\[^\\]/.test(value);
    if (fate.kind === 'left-out' || !doubled || objectType === 'url') return [];
    return [
      `${placeText(placeOf(offset))}: the value has double backslashes, perhaps because its source escaped it twice. It is sent as it is written.`,
    ];
  });
}
