import { entityTypeOf, nameOf, type StixObject, stringsOf } from '../stix/object.ts';
import type { PatchOperation, PatchPair } from './patch.ts';
import { isRelation } from './references.ts';

/**
 * The JSON around an object in OpenCTI's events, as text pieces: the object itself
 * is serialised once and used in every envelope.
 */

const origin = JSON.stringify({
  socket: 'query',
  ip: '::ffff:10.20.0.31',
  user_id: '7b7c3f6a-2c1d-4a70-8a4c-5d0c9e4b7a10',
  group_ids: ['e3a0c1d2-7b9f-4c55-8f21-6f6f0b2d9c77'],
  organization_ids: [],
  user_metadata: {},
});

const quietPaths = /\/(modified|updated_at|id)$/;

function describeChange({ op, path, value }: PatchOperation): string {
  const field = path.split('/').findLast((part) => !/^\d+$/.test(part)) ?? path;
  const verb = op === 'add' ? 'adds' : op === 'remove' ? 'removes' : 'replaces';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? 'nothing');
  return `${verb} \`${text.slice(0, 100)}\` in \`${field}\``;
}

/** The human message of an event; for readers only, as on the platform. */
export function messageOf(
  kind: 'create' | 'update' | 'delete' | 'merge',
  object: StixObject,
  details: { patch?: readonly PatchOperation[]; sources?: readonly StixObject[] } = {},
): string {
  if (kind === 'update') {
    const changes = (details.patch ?? []).filter(({ path }) => !quietPaths.test(path));
    const shown = changes.slice(0, 3).map(describeChange).join(' | ');
    if (changes.length <= 3) return shown || 'replaces nothing';
    return `${shown} and ${changes.length - 3} more operations`;
  }
  if (kind === 'merge') {
    const names = (details.sources ?? []).map(nameOf).join(', ');
    return `merges ${entityTypeOf(object)} \`${names}\` in \`${nameOf(object)}\``;
  }
  const verb = kind === 'create' ? 'creates' : 'deletes';
  if (isRelation(object.type)) {
    const from = String(object.source_ref ?? object.sighting_of_ref);
    const to = String(object.target_ref ?? stringsOf(object.where_sighted_refs)[0]);
    return `${verb} the relation ${nameOf(object)} from \`${from}\` to \`${to}\``;
  }
  return `${verb} a ${entityTypeOf(object)} \`${nameOf(object)}\``;
}

/** Text before and after the object's JSON. */
export interface Envelope {
  before: string;
  after: string;
}

/** A live event. `context` only for update and merge. */
export function liveEnvelope(
  kind: 'create' | 'update' | 'delete' | 'merge',
  message: string,
  eventId: string,
  context?: PatchPair & { sources?: readonly StixObject[] },
): Envelope {
  const change = context
    ? `,"context":${JSON.stringify({
        patch: context.patch,
        reverse_patch: context.reverse,
        ...(context.sources ? { sources: context.sources } : {}),
      })}`
    : '';
  return {
    before: `data: {"version":"4","type":"${kind}","scope":"external","message":${JSON.stringify(message)},"origin":${origin},"data":`,
    after: `${change},"event_id":"${eventId}"}\n\n`,
  };
}

/**
 * An event that did not happen now: a dependency sent before the object that needs
 * it, or an object sent from the database in recovery. It has neither `type` nor
 * `scope`.
 */
export function initEnvelope(why: 'dependencies' | 'create', message: string): Envelope {
  return {
    before: 'data: {"data":',
    after: `,"message":${JSON.stringify(message)},"origin":{"referer":"init-${why}"},"version":"4"}\n\n`,
  };
}
