import {
  type EntityEventName,
  entityIdOf,
  type StixObject,
  type StreamMessage,
} from '@xsoar-intel/opencti';
import type { Put } from '../queue/slots.ts';
import { payloadOf } from './payload.ts';

/** What a stream message means to us. */
export interface Relevance {
  /** States to write into slots, in order. */
  puts: Put[];
  /** Names of authors that it taught, by STIX id. */
  authors: [stixId: string, name: string][];
  /** What was counted of it: closed, used as a metric label. */
  outcome: 'queued' | 'not-indicator' | 'dependency' | 'deletes-off' | 'event-type';
}

/** Settings that decide what is relevant. */
export interface RelevanceOptions {
  /** `CONNECTOR_LIVE_STREAM_LISTEN_DELETE` */
  listenDelete: boolean;
  /** Whether it comes during a catch-up from OpenCTI's database. */
  recovering: boolean;
  /** `FILTER_EVENT_TYPES`: kinds of event that are followed; empty: all. */
  eventTypes: readonly EntityEventName[];
}

/** Longest author name that is kept, in characters. */
const AUTHOR_NAME_MAX = 256;

/**
 * Decides what an entity message changes. The SSE name counts: a `delete`
 * may carry the object of an update (it left the stream's filter), a `create`
 * that of one that entered it. A `merge` deletes the objects that it merged
 * away, which nothing else will tell.
 */
export function relevanceOf(
  message: Extract<StreamMessage, { kind: 'entity' }>,
  options: RelevanceOptions,
): Relevance {
  const { data, name } = message;
  if (data.type !== 'indicator') {
    return { puts: [], authors: learnAuthor(data, name), outcome: 'not-indicator' };
  }
  // An indicator is sent ahead of a relation that refers to it, be it in the stream's filter
  // or not. Live, one inside has events of its own. A catch-up sends no object twice, so
  // there it may come in no other way.
  if (message.dependency && !options.recovering) {
    return { puts: [], authors: [], outcome: 'dependency' };
  }
  if (options.eventTypes.length > 0 && !options.eventTypes.includes(name)) {
    return { puts: [], authors: [], outcome: 'event-type' };
  }
  if (name === 'delete') {
    if (!options.listenDelete) return { puts: [], authors: [], outcome: 'deletes-off' };
    return { puts: putsOf(message, [data], 'delete'), authors: [], outcome: 'queued' };
  }
  const merged = options.listenDelete
    ? message.sources.filter(({ type }) => type === 'indicator')
    : [];
  return {
    puts: [...putsOf(message, [data], 'upsert'), ...putsOf(message, merged, 'delete')],
    authors: [],
    outcome: 'queued',
  };
}

function putsOf(
  message: Extract<StreamMessage, { kind: 'entity' }>,
  objects: readonly StixObject[],
  operation: Put['operation'],
): Put[] {
  return objects.flatMap((object) => {
    const entityId = entityIdOf(object);
    if (entityId === null) return [];
    // The binding knows what is to be removed; should it be lost, XSOAR is asked by this id.
    const payload = operation === 'delete' ? JSON.stringify({ id: object.id }) : payloadOf(object);
    return [{ entityId, version: message.id, operation, payload }];
  });
}

function learnAuthor(data: StixObject, name: string): [string, string][] {
  if (data.type !== 'identity' || name === 'delete' || typeof data.name !== 'string') return [];
  return [[data.id, data.name.slice(0, AUTHOR_NAME_MAX)]];
}
