import type { TlpLevel } from '../mapping/tlp.ts';

/** What happened to an entity, as the stream names it. */
export type EventOperation = 'create' | 'update' | 'delete' | 'merge';

/** What is held back before it reaches XSOAR. Everything is off unless set; empty lists are off. */
export interface FilterOptions {
  /** Lowest OpenCTI score (0 to 100) that passes; an indicator without a score counts as 0. */
  minimumScore?: number;
  /** At least one of these labels; case does not matter, a `*` at the end takes any ending. */
  labelsIn?: readonly string[];
  /** None of these labels; spelt like `labelsIn`. */
  labelsOut?: readonly string[];
  /** Most restrictive TLP that passes; an indicator without a TLP marking passes. */
  maximumTlp?: TlpLevel;
  /** Kinds of pattern that pass (`stix`, `yara`, ...); case does not matter. */
  patternTypes?: readonly string[];
  /** Main observable types that pass, as OpenCTI (`IPv4-Addr`, `StixFile`) or a pattern writes them. */
  observableTypes?: readonly string[];
  /** Most milliseconds since the indicator was created (else valid); one without dates passes. */
  maximumAgeMs?: number;
  /** Kinds of event that are followed. */
  eventTypes?: readonly EventOperation[];
  /**
   * Values that are never pushed, whatever indicator they are in: a domain name means itself, the
   * names under it and every URL and e-mail address there; an IP address or a network means itself,
   * what is in it and what contains it, also as the host of a URL; `private` means all private and
   * reserved ranges; anything else means exactly this value.
   */
  neverPush?: readonly string[];
}
