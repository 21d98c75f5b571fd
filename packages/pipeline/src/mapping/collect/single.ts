import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { observableRule } from '../observable-rules.ts';
import { plainObjectType } from '../observable-types.ts';
import { asText, plainValue, type Reading } from '../values/reading.ts';
import { addDraft, type Collection, isFull, leaveOut, noteChange } from './collection.ts';

/**
 * Takes a value that makes an indicator by itself, such as an address or a domain name. Returns
 * false, and does nothing, if XSOAR has no type for it.
 */
export function collectSingle(observed: ObservedValue, into: Collection): boolean {
  const rule = observableRule(observed.objectType, observed.path);
  const read = rule?.read ?? extraReader(observed, into);
  if (read === undefined) return false;
  if (isFull(into)) {
    into.overflow += 1;
    return true;
  }
  if (observed.relation === 'subset' && rule?.network !== true) {
    leaveOut(into, 'bad-value', observed, 'ISSUBSET speaks of networks');
    return true;
  }
  const text = plainValue(observed.value);
  const reading: Reading = typeof text === 'string' ? read(text) : text;
  if ('bad' in reading) leaveOut(into, 'bad-value', observed, reading.bad);
  else take(observed, reading, into);
  return true;
}

function take(
  observed: ObservedValue,
  reading: Exclude<Reading, { bad: string }>,
  into: Collection,
): void {
  const { type, value, fields } = reading;
  addDraft(into, { type, value, fields: fields ?? null, offset: observed.offset });
  if (reading.retyped === true) {
    noteChange(into, observed, value, 'retyped', `the value is of type ${type}`);
  } else if (value !== observed.value) {
    noteChange(into, observed, value, 'normalised', `cleaned for type ${type}`);
  }
}

function extraReader(observed: ObservedValue, into: Collection) {
  const type = into.extraTypes?.get(`${plainObjectType(observed.objectType)}:${observed.path}`);
  return type === undefined ? undefined : asText(type);
}
