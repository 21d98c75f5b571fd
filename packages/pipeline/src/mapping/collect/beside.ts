import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { listLimits } from '../bounded-text.ts';
import { plainObjectType } from '../observable-types.ts';
import { isDigits } from '../values/reading.ts';
import { type Collection, type Draft, leaveOut } from './collection.ts';

// XSOAR's field `port` belongs to these types.
const typesWithPort: ReadonlySet<string> = new Set(['IP', 'IPv6', 'Domain']);

/**
 * Values that make no indicator: details of one that was mapped (the version beside the name of a
 * software), or observables that XSOAR does not know. The destination port of traffic to one address
 * is a field of that address.
 */
export function collectBeside(
  without: readonly ObservedValue[],
  all: readonly ObservedValue[],
  drafts: readonly Draft[],
  into: Collection,
): void {
  const ports: string[] = [];
  const destination = destinationOf(all, drafts);
  const mapped = mappedTypes(all, without);
  for (const observed of without) {
    const hasRoom = destination !== undefined && ports.length < listLimits.details;
    const port = hasRoom ? portOf(observed) : null;
    if (port !== null) ports.push(port);
    else if (mapped.has(plainObjectType(observed.objectType))) {
      leaveOut(into, 'no-field', observed, 'XSOAR has no field for it');
    } else {
      leaveOut(into, 'unsupported-observable', observed, 'XSOAR has no indicator type for it');
    }
  }
  if (destination === undefined || ports.length === 0) return;
  destination.fields = { ...destination.fields, port: ports };
}

function mappedTypes(
  all: readonly ObservedValue[],
  without: readonly ObservedValue[],
): Set<string> {
  const left = new Set(without);
  const types = new Set<string>();
  for (const observed of all) {
    if (!left.has(observed)) types.add(plainObjectType(observed.objectType));
  }
  return types;
}

function destinationOf(all: readonly ObservedValue[], drafts: readonly Draft[]): Draft | undefined {
  const [first, ...more] = all.filter(
    ({ objectType, path }) => objectType === 'network-traffic' && path === 'dst_ref.value',
  );
  if (first === undefined || more.length > 0) return undefined;
  return drafts.find(({ type, offset }) => offset === first.offset && typesWithPort.has(type));
}

function portOf({ objectType, path, value, relation }: ObservedValue): string | null {
  if (objectType !== 'network-traffic' || path !== 'dst_port' || relation === 'subset') return null;
  const text = String(value);
  return text.length <= 5 && isDigits(text) ? text : null;
}
