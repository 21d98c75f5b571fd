import type { EventId } from '@xsoar-intel/opencti';

/** The version of an entity's state: the id of the stream event that carried it. */
export type Version = EventId;

/** What a slot says has to be done with its entity. */
export type Operation = 'upsert' | 'delete';
