import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { algorithmOf, primaryOrder, readDigest } from '../values/hash.ts';
import { plainValue } from '../values/reading.ts';
import { addDraft, type Collection, leaveOut, noteChange } from './collection.ts';
import { groupHashes, type Hash } from './hash-groups.ts';
import { hashPathOf } from './hash-path.ts';

/**
 * Takes what one observation says about certificates. The value is the serial number, as in Palo
 * Alto's own STIX parser; without one the best fingerprint, because that is all OpenCTI puts into
 * the pattern of a certificate with hashes. XSOAR's type has no fields for the rest.
 */
export function collectCertificates(values: readonly ObservedValue[], into: Collection): void {
  const serials: { observed: ObservedValue; serial: string }[] = [];
  const fingerprints: { observed: ObservedValue; hash: Hash }[] = [];
  const rest: ObservedValue[] = [];
  for (const observed of values) {
    const path = hashPathOf(observed.steps);
    const algorithm = path === null ? null : algorithmOf(path.algorithm);
    const isSerial = observed.path === 'serial_number';
    if (observed.relation === 'subset' || (!isSerial && algorithm === null)) {
      rest.push(observed);
      continue;
    }
    const text = plainValue(observed.value);
    if (typeof text !== 'string') leaveOut(into, 'bad-value', observed, text.bad);
    else if (algorithm === null) serials.push({ observed, serial: text });
    else {
      const digest = readDigest(algorithm, text);
      if ('bad' in digest) leaveOut(into, 'bad-value', observed, digest.bad);
      else fingerprints.push({ observed, hash: { ...digest, offset: observed.offset } });
    }
  }
  for (const { observed, serial } of serials) add(observed, serial, into);
  const groups = serials.length > 0 ? [] : groupHashes(fingerprints.map(({ hash }) => hash));
  const used = new Set(groups.map(primaryOf));
  for (const { observed, hash } of fingerprints) {
    if (used.delete(hash)) add(observed, hash.digest, into);
    else rest.push(observed);
  }
  const reason = serials.length + groups.length > 0 ? 'no-field' : 'unsupported-observable';
  for (const observed of rest) leaveOut(into, reason, observed, 'XSOAR has no field for it');
}

function primaryOf(group: readonly Hash[]): Hash | undefined {
  for (const algorithm of primaryOrder) {
    const hash = group.find((candidate) => candidate.algorithm === algorithm);
    if (hash !== undefined) return hash;
  }
  return group[0];
}

function add(observed: ObservedValue, value: string, into: Collection): void {
  addDraft(into, { type: 'X509 Certificate', value, fields: null, offset: observed.offset });
  if (value !== observed.value) {
    noteChange(into, observed, value, 'normalised', 'cleaned for type X509 Certificate');
  }
}
