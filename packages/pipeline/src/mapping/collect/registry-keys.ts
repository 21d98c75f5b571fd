import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { listLimits } from '../bounded-text.ts';
import { plainValue } from '../values/reading.ts';
import { addDraft, type Collection, leaveOut, noteChange } from './collection.ts';

// Columns of XSOAR's grid `keyvalue`, by STIX's names for the parts of a registry value.
const columns = new Map([
  ['name', 'name'],
  ['data', 'data'],
  ['data_type', 'type'],
]);

/** Takes what one observation says about registry keys; values beside a single key are its grid rows. */
export function collectRegistryKeys(values: readonly ObservedValue[], into: Collection): void {
  const keys: { observed: ObservedValue; key: string }[] = [];
  const rest: ObservedValue[] = [];
  for (const observed of values) {
    const text = plainValue(observed.value);
    if (observed.path !== 'key') rest.push(observed);
    else if (typeof text !== 'string') leaveOut(into, 'bad-value', observed, text.bad);
    else if (observed.relation === 'subset') {
      leaveOut(into, 'bad-value', observed, 'ISSUBSET speaks of networks');
    } else keys.push({ observed, key: text });
  }
  const only = keys.length === 1;
  const grid = new Grid();
  for (const observed of rest) {
    if (only && grid.add(observed)) continue;
    const reason = keys.length === 0 ? 'unsupported-observable' : 'no-field';
    leaveOut(into, reason, observed, 'there is no single registry key with a field for it');
  }
  const fields = grid.rows.length > 0 ? { keyvalue: grid.rows } : null;
  for (const { observed, key } of keys) {
    addDraft(into, { type: 'Registry Key', value: key, fields, offset: observed.offset });
    if (key !== observed.value) {
      noteChange(into, observed, key, 'normalised', 'cleaned for type Registry Key');
    }
  }
}

/** Rows of `values[i].name`, `.data` and `.data_type`; a part that repeats begins a new row. */
class Grid {
  readonly rows: Record<string, string>[] = [];
  readonly #rowOf = new Map<number | '*', Record<string, string>>();

  add({ steps, value, relation }: ObservedValue): boolean {
    const [list, element, part] = steps;
    if (steps.length !== 3 || list?.kind !== 'property' || list.name !== 'values') return false;
    if (element?.kind !== 'index' || part?.kind !== 'property' || relation === 'subset')
      return false;
    const column = columns.get(part.name);
    const text = plainValue(value);
    if (column === undefined || typeof text !== 'string') return false;
    let row = this.#rowOf.get(element.index);
    if (row === undefined || row[column] !== undefined) {
      if (this.rows.length === listLimits.details) return false;
      row = {};
      this.#rowOf.set(element.index, row);
      this.rows.push(row);
    }
    row[column] = text;
    return true;
  }
}
