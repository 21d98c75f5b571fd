import { isRecord } from '../http/body.ts';
import { isStixObject, type StixObject } from '../stix/object.ts';

/** An XSOAR indicator that must come of an entity. */
export interface ExpectedValue {
  /** XSOAR's name of the type, e.g. `IP`. */
  type: string;
  value: string;
  /** Other spellings that are right too, e.g. `64500` for `AS64500`. */
  alternatives?: string[];
}

/**
 * What whoever made an object knows about its XSOAR side. Kept beside the object, so
 * that the final check needs no pattern parser at all.
 */
export interface Expects {
  /** One XSOAR indicator each; empty when nothing may arrive. */
  values: ExpectedValue[];
  /** False: no XSOAR indicator may come of it, for `reason`. */
  mappable: boolean;
  reason?: string;
  /** True: public facts do not settle whether XSOAR has a type for it; absent is right too. */
  optional?: boolean;
}

/** Something that happens on the platform. */
export type Operation =
  /** A new object; an existing one (same internal id) is updated, as OpenCTI's upsert does. */
  | { kind: 'create'; object: StixObject; expects?: Expects }
  /** The whole new version; its patches are computed against the version that is held. */
  | { kind: 'update'; object: StixObject; expects?: Expects }
  /** `id`: internal or STIX id; `object` is only needed for what the platform does not hold. */
  | { kind: 'delete'; id: string; object?: StixObject }
  /** `object` is the surviving version; `sources` are ids of what was merged away. */
  | { kind: 'merge'; object: StixObject; sources: string[]; expects?: Expects }
  /** Put into the table of objects without an event: authors, markings. */
  | { kind: 'reference'; object: StixObject }
  /** Text that goes out verbatim at its place in the stream; `{id}` becomes the event id. */
  | { kind: 'raw'; text: string };

/** An operation from JSON (the control API), or the reason why it is none. */
export function parseOperation(value: unknown): Operation | string {
  if (!isRecord(value)) return 'not a JSON object';
  const { kind, object, id, sources, text } = value;
  const expects = isRecord(value.expects) ? (value.expects as unknown as Expects) : undefined;
  switch (kind) {
    case 'create':
    case 'update':
      if (!isStixObject(object)) return 'object: needs an id and a type';
      return { kind, object, ...(expects ? { expects } : {}) };
    case 'delete':
      if (typeof id === 'string') return { kind, id, ...(isStixObject(object) ? { object } : {}) };
      if (isStixObject(object)) return { kind, id: object.id, object };
      return 'id: needs a text';
    case 'merge':
      if (!isStixObject(object)) return 'object: needs an id and a type';
      if (!Array.isArray(sources)) return 'sources: needs a list of ids';
      return {
        kind,
        object,
        sources: sources.filter((source) => typeof source === 'string'),
        ...(expects ? { expects } : {}),
      };
    case 'reference':
      return isStixObject(object) ? { kind, object } : 'object: needs an id and a type';
    case 'raw':
      return typeof text === 'string' ? { kind, text } : 'text: needs a text';
    default:
      return 'kind: one of create, update, delete, merge, reference, raw';
  }
}
