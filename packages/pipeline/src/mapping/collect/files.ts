import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { listLimits } from '../bounded-text.ts';
import { algorithmOf, primaryOrder, readDigest } from '../values/hash.ts';
import { plainValue } from '../values/reading.ts';
import { addDraft, type Collection, leaveOut, noteChange } from './collection.ts';
import { groupHashes, type Hash } from './hash-groups.ts';
import { hashPathOf } from './hash-path.ts';

/** Details of a file that XSOAR's File type has a field for, by their path. */
export const FILE_DETAILS: readonly { path: string; field: string; list?: true }[] = [
  { path: 'name', field: 'associatedfilenames', list: true },
  { path: 'size', field: 'size' },
  { path: 'mime_type', field: 'filetype' },
  { path: 'parent_directory_ref.path', field: 'path' },
  { path: 'extensions.windows-pebinary-ext.imphash', field: 'imphash' },
];

const details = new Map(FILE_DETAILS.map((detail) => [detail.path, detail]));

/** Takes what one observation says about files: one File indicator for each, with all its hashes. */
export function collectFiles(values: readonly ObservedValue[], into: Collection): void {
  const hashes: Hash[] = [];
  const rest: { observed: ObservedValue; importHash?: string }[] = [];
  for (const observed of values) {
    const path = hashPathOf(observed.steps);
    const algorithm = path === null ? null : algorithmOf(path.algorithm);
    const digest = algorithm === null ? null : digestOf(observed, algorithm, into);
    if (digest === null) rest.push({ observed });
    else if (digest === undefined) continue;
    else if (digest.algorithm === 'imphash') rest.push({ observed, importHash: digest.digest });
    else hashes.push(digest);
  }
  const groups = groupHashes(hashes);
  const only = groups.length === 1;
  const fields: Record<string, unknown> = {};
  for (const { observed, importHash } of rest) {
    if (importHash !== undefined && only) fields.imphash = importHash;
    else if (!only || !addDetail(observed, fields)) leaveDetail(observed, groups.length, into);
  }
  for (const group of groups) addFile(group, only ? fields : {}, into);
}

// undefined: there is a hash, but it is none; that has been noted.
function digestOf(
  observed: ObservedValue,
  algorithm: Hash['algorithm'],
  into: Collection,
): Hash | undefined {
  const text = plainValue(observed.value);
  const digest = typeof text === 'string' ? readDigest(algorithm, text) : text;
  if (observed.relation === 'subset' || 'bad' in digest) {
    const why = 'bad' in digest ? digest.bad : 'ISSUBSET speaks of networks';
    leaveOut(into, 'bad-value', observed, why);
    return undefined;
  }
  if (digest.relabelled) {
    const what = `by its length the hash is ${digest.algorithm}`;
    noteChange(into, observed, digest.digest, 'retyped', what);
  } else if (digest.digest !== observed.value) {
    noteChange(into, observed, digest.digest, 'normalised', 'cleaned for type File');
  }
  return { algorithm: digest.algorithm, digest: digest.digest, offset: observed.offset };
}

function addFile(
  group: readonly Hash[],
  more: Readonly<Record<string, unknown>>,
  into: Collection,
): void {
  const fields: Record<string, unknown> = { ...more };
  let primary: Hash | undefined;
  for (const algorithm of primaryOrder) {
    const hash = group.find((candidate) => candidate.algorithm === algorithm);
    if (hash === undefined) continue;
    primary ??= hash;
    fields[algorithm] = hash.digest;
  }
  const offset = group[0]?.offset ?? 0;
  if (primary !== undefined)
    addDraft(into, { type: 'File', value: primary.digest, fields, offset });
}

function addDetail(observed: ObservedValue, fields: Record<string, unknown>): boolean {
  const detail = details.get(observed.path);
  if (detail === undefined || observed.relation === 'subset') return false;
  if (detail.field === 'size') {
    if (typeof observed.value !== 'number' || fields.size !== undefined) return false;
    fields.size = observed.value;
    return true;
  }
  const text = plainValue(observed.value);
  if (typeof text !== 'string') return false;
  const known = fields[detail.field];
  if (detail.list) {
    const list: unknown[] = Array.isArray(known) ? known : [];
    if (list.length === listLimits.details) return false;
    if (!list.includes(text)) list.push(text);
    fields[detail.field] = list;
  } else if (known === undefined) fields[detail.field] = text;
  else return false;
  return true;
}

function leaveDetail(observed: ObservedValue, files: number, into: Collection): void {
  if (files === 0) leaveOut(into, 'unsupported-observable', observed, 'names no file in XSOAR');
  else if (files === 1) leaveOut(into, 'no-field', observed, 'XSOAR has no field for it');
  else
    leaveOut(into, 'no-field', observed, 'there are several files, and it may be of any of them');
}
