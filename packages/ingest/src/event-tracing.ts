import { entityIdOf, type StreamMessage } from '@xsoar-intel/opencti';
import { type Put, type PutResult, UNTRACED } from '@xsoar-intel/pipeline';
import type { TraceSpan, Tracing } from '@xsoar-intel/runtime';

type EntityMessage = Extract<StreamMessage, { kind: 'entity' }>;

/** The spans of stream events: from the moment when one was read to that when it is in Redis. */
export interface EventTracing {
  /** Notes when a message came. */
  received(message: StreamMessage): void;
  /**
   * Begins the span of an event that changes states; once, however often its write is tried.
   * Returns these states with what is to be kept of the trace.
   */
  begin(message: EntityMessage, puts: readonly Put[]): readonly Put[];
  /** Ends the spans of a batch, of which these states were written. */
  written(
    messages: readonly StreamMessage[],
    states: readonly Put[],
    results: readonly PutResult[],
  ): void;
}

interface Note {
  at: number;
  /** Undefined: not begun; null: not recorded. */
  span?: TraceSpan | null;
}

/** Makes spans of events; `streamId`: of the live stream that they come from. */
export function traceEvents(tracing: Tracing, streamId: string): EventTracing {
  // What is dropped before it is written (another cursor, a restart) leaves by itself.
  const notes = new WeakMap<StreamMessage, Note>();

  return {
    received(message) {
      if (message.kind === 'entity') notes.set(message, { at: tracing.now() });
    },
    begin(message, puts) {
      if (puts.length === 0) return puts;
      const note: Note = notes.get(message) ?? { at: tracing.now() };
      if (note.span === undefined) {
        note.span = tracing.start('stream event', { kind: 'consumer', startedAt: note.at });
        notes.set(message, note);
      }
      const trace = { context: note.span?.context ?? UNTRACED, obsolete: 0 };
      return puts.map((put) => ({ ...put, trace }));
    },
    written(messages, states, results) {
      const places = new Map(states.map(({ entityId }, index) => [entityId, index]));
      for (const message of messages) {
        const span = message.kind === 'entity' ? notes.get(message)?.span : null;
        if (!span || message.kind !== 'entity') continue;
        const entityId = entityIdOf(message.data) ?? '';
        const place = places.get(entityId) ?? -1;
        const ours = states[place]?.version.text === message.id.text;
        const became = ours ? results[place] : undefined;
        span.end({
          ...attributesOf(message),
          'messaging.destination.name': streamId,
          'xsoar_intel.entity.id': entityId,
          // A newer state of the same batch took its place where it has none of its own.
          'xsoar_intel.event.became': became ?? 'replaced',
        });
        notes.delete(message);
      }
    },
  };
}

/** Names beginning with `messaging.` are OpenTelemetry's semantic conventions. */
function attributesOf({ id, name, data, bytes, recovered, sources }: EntityMessage) {
  return {
    'messaging.system': 'opencti',
    'messaging.operation.name': 'receive',
    'messaging.operation.type': 'receive',
    'messaging.message.id': id.text,
    'messaging.message.body.size': bytes,
    'xsoar_intel.event.id': id.text,
    'xsoar_intel.event.name': name,
    'xsoar_intel.entity.type': data.type,
    ...(recovered ? { 'xsoar_intel.event.recovered': true } : {}),
    ...(sources.length > 0 ? { 'xsoar_intel.event.merged': sources.length } : {}),
  };
}
