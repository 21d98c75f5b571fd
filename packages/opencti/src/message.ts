import type { EventId } from './event-id.ts';
import type { StixObject } from './stix.ts';

/** What a data event says happened: the SSE event name, which counts, not the `type` in its JSON. */
export type EntityEventName = 'create' | 'update' | 'delete' | 'merge';

/**
 * Why an event was set aside:
 * - `bad-json`: the text is not JSON (cut off, for example);
 * - `no-data`: no text at all, or JSON without a `data` key;
 * - `bad-id`: the event id is missing or not `<ms>-<seq>`;
 * - `too-large`: the text is longer than the limit, and was not kept;
 * - `wrong-shape`: valid JSON that is not what such an event must be.
 */
export type RejectReason = 'bad-json' | 'no-data' | 'bad-id' | 'too-large' | 'wrong-shape';

/** First event of a connection: how far the platform's stream reaches. */
export interface ConnectedMessage {
  kind: 'connected';
  /** Oldest event the platform still has; a cursor before it has lost events. */
  firstEventId: EventId | null;
  /** Newest event of the whole platform, not of this stream's filter. */
  lastEventId: EventId | null;
  connectionId: string | null;
  /**
   * The platform's clock when it answered, in ms since 1970 but whole seconds: the `Date` of the
   * HTTP answer. Null: it told none.
   */
  answeredAt: number | null;
}

/** Sent every few seconds. Its id can be that of a main event that is still to come. */
export interface HeartbeatMessage {
  kind: 'heartbeat';
  id: EventId;
}

/** A STIX object was created, updated, deleted or merged, seen through the stream's filter. */
export interface EntityMessage {
  kind: 'entity';
  id: EventId;
  name: EntityEventName;
  /**
   * Sent ahead of a main event because that one refers to it (an author, a marking). It carries
   * the id of the main event, so it must never move a cursor.
   */
  dependency: boolean;
  /** Comes from catching up from the database, so the id is the object's `updated_at`. */
  recovered: boolean;
  /** The object after the change; for a real delete the object just before it. */
  data: StixObject;
  /** For `merge`, the objects that were merged away; no other event tells of them. Else empty. */
  sources: StixObject[];
  /** Size of the event's JSON text in bytes. */
  bytes: number;
}

/** An event that could not be used. The stream goes on. */
export interface RejectedMessage {
  kind: 'rejected';
  id: EventId | null;
  /** The SSE event name, at most 100 characters. */
  name: string;
  reason: RejectReason;
  /** One line of words for the operator. */
  detail: string;
  /** Bytes of JSON text that were read; for `too-large` this is about the limit, not the whole. */
  bytes: number;
  /** The start of the text, at most 512 characters. */
  excerpt: string;
}

/** An event that does not concern us: `consumer_metrics` and every unknown name. */
export interface IgnoredMessage {
  kind: 'ignored';
  id: EventId | null;
  /** The SSE event name, at most 100 characters. */
  name: string;
}

/** The platform does not catch up on this stream (it has origin filters); only live events follow. */
export interface NoRecoverMessage {
  kind: 'no-recover';
  id: EventId | null;
  /** The platform's words, at most 512 characters. */
  message: string;
  /** Where the live part begins. */
  resumeFrom: EventId | null;
}

/** What comes out of a live stream, one for each SSE event except `error`. */
export type StreamMessage =
  | ConnectedMessage
  | HeartbeatMessage
  | EntityMessage
  | RejectedMessage
  | IgnoredMessage
  | NoRecoverMessage;

/**
 * The SSE event `error`: the platform gave up on this connection but leaves it open, with
 * heartbeats that never advance. Never handed out: the live stream reconnects.
 */
export interface StreamFailure {
  kind: 'stream-failure';
  /** The platform's words, at most 512 characters. */
  message: string;
}
