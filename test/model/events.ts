/** The stream of a model run: random states of few entities, of which some share values. */
import type { EventId } from '@xsoar-intel/opencti';
import type { Random } from '@xsoar-intel/simulator';

/** One event of the model's stream. */
export interface ModelEvent {
  id: EventId;
  entity: string;
  /** The values that the entity has from now on; none: it cannot be mapped; null: it is deleted. */
  values: readonly string[] | null;
}

/** What the events of a run are like. */
export interface EventShape {
  entities: number;
  /** Values that any entity may have. */
  sharedValues: number;
  deleteShare: number;
  /** An entity has one value of its own for ever, and is never deleted. */
  fixedValues: boolean;
}

/** Where the model's stream begins, ms. */
const EPOCH = 1_700_000_000_000;

/** An id of the stream. */
export const eventId = (ms: number, seq: number): EventId => ({ ms, seq, text: `${ms}-${seq}` });

/** Draws a stream: `count` events with growing ids. */
export function drawEvents(random: Random, count: number, shape: EventShape): ModelEvent[] {
  const events: ModelEvent[] = [];
  let ms = EPOCH;
  let seq = 0;
  for (let at = 0; at < count; at += 1) {
    // Several events a millisecond, and more than nine: as text 9 would be after 10.
    if (random.chance(0.1)) {
      ms += 1 + random.below(20);
      seq = 0;
    } else {
      seq += 1;
    }
    const entity = `e${random.chance(0.5) ? random.below(8) : random.below(shape.entities)}`;
    events.push({ id: eventId(ms, seq), entity, values: drawValues(random, entity, shape) });
  }
  return events;
}

function drawValues(random: Random, entity: string, shape: EventShape): string[] | null {
  if (shape.fixedValues) return [`${entity}.own`];
  if (random.chance(shape.deleteShare)) return null;
  if (random.chance(0.05)) return [];
  const values = new Set<string>();
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    values.add(
      shape.sharedValues > 0 && random.chance(0.4)
        ? `shared${random.below(shape.sharedValues)}`
        : `${entity}.${random.below(3)}`,
    );
  }
  return [...values];
}

/** The mark that an event leaves on each value: a tag of the indicator in XSOAR. */
export const markOf = (event: ModelEvent): string => `${event.entity}@${event.id.text}`;

/** The entity that a mark speaks of. */
export const entityOfMark = (mark: string): string => mark.slice(0, mark.indexOf('@'));

/** The newest event of each entity. */
export function foldEvents(events: readonly ModelEvent[]): Map<string, ModelEvent> {
  const newest = new Map<string, ModelEvent>();
  // The stream's ids grow, so that the last one is the newest.
  for (const event of events) newest.set(event.entity, event);
  return newest;
}

/** What the target must hold: value → marks. */
export function expectedOf(events: readonly ModelEvent[]): Map<string, Set<string>> {
  const expected = new Map<string, Set<string>>();
  for (const event of foldEvents(events).values()) {
    for (const value of event.values ?? []) {
      const marks = expected.get(value) ?? new Set<string>();
      expected.set(value, marks.add(markOf(event)));
    }
  }
  return expected;
}
