import type { StixObject } from '@xsoar-intel/opencti';
import type { EventOperation } from '@xsoar-intel/pipeline';

/** One thing to explain. */
export interface Subject {
  /** Where it stood in what was read, for people (`line 3`); null for the only one. */
  place: string | null;
  content: Content;
}

/** What there is to explain. */
export type Content =
  | {
      kind: 'object';
      object: StixObject;
      /** What happened to it, where it came in a stream event. */
      operation: EventOperation | null;
    }
  /** Only the text of a pattern, without the indicator around it. */
  | { kind: 'pattern'; pattern: string }
  | { kind: 'unreadable'; problem: string };

/** A pattern alone. */
export function patternSubject(pattern: string, place: string | null = null): Subject {
  return { place, content: { kind: 'pattern', pattern } };
}

/** A subject that cannot be explained, and why. */
export function unreadable(place: string | null, problem: string): Subject {
  return { place, content: { kind: 'unreadable', problem } };
}
