import type { Observation, ObservedValue, PathStep } from '@xsoar-intel/stix-pattern';
import { plainObjectType } from '../observable-types.ts';
import { collectAccounts } from './accounts.ts';
import { collectBeside } from './beside.ts';
import { collectCertificates } from './certificates.ts';
import { type Collection, leaveOut } from './collection.ts';
import { collectFiles } from './files.ts';
import { hashPathOf } from './hash-path.ts';
import { collectRegistryKeys } from './registry-keys.ts';
import { collectSingle } from './single.ts';

type Collector = (values: readonly ObservedValue[], into: Collection) => void;

// Objects that several comparisons describe together.
const composites = new Map<string, Collector>([
  ['file', collectFiles],
  ['artifact', collectFiles],
  ['x509-certificate', collectCertificates],
  ['windows-registry-key', collectRegistryKeys],
  ['user-account', collectAccounts],
]);

/** Takes everything that one `[ ... ]` of a pattern states, in the order of the text. */
export function collectObservation(observation: Observation, into: Collection): void {
  const { values } = observation;
  const first = into.drafts.length;
  let groups: Map<string, { collect: Collector; values: ObservedValue[] }> | null = null;
  let without: ObservedValue[] | null = null;
  for (const observed of values) {
    const objectType = plainObjectType(observed.objectType);
    const key = groupKey(objectType, observed.steps);
    const collect = key === objectType ? composites.get(objectType) : collectFiles;
    if (collect === undefined || into.extraTypes?.has(`${objectType}:${observed.path}`)) {
      if (!collectSingle(observed, into)) {
        without ??= [];
        without.push(observed);
      }
      continue;
    }
    groups ??= new Map();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { collect, values: [observed] });
    else group.values.push(observed);
  }
  if (without !== null) collectBeside(without, values, into.drafts.slice(first), into);
  if (groups !== null) {
    for (const group of groups.values()) group.collect(group.values, into);
    // Composites come after the rest; what is sent follows the text.
    if (into.drafts.length - first > 1) inOrder(into, first);
  }
  for (const left of observation.left) {
    const operator = left.negated ? `NOT ${left.operator}` : left.operator;
    leaveOut(into, 'no-observed-value', left, `${operator} states no observed value`);
  }
}

/**
 * Which values of an observation describe one object: those of one object type, but hashes behind a
 * reference (`process:image_ref.hashes.MD5`, the files in an archive) are files of their own.
 */
function groupKey(objectType: string, steps: readonly PathStep[]): string {
  if (steps.length < 3) return objectType;
  const holder = hashPathOf(steps)?.holder;
  return holder === undefined ? objectType : `${objectType}:${holder}`;
}

function inOrder(into: Collection, from: number): void {
  const mine = into.drafts.splice(from);
  mine.sort((one, other) => one.offset - other.offset);
  for (const draft of mine) into.drafts.push(draft);
}
