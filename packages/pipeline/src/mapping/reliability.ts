/** XSOAR's reliability scale (the Admiralty code), most reliable first, in XSOAR's own words. */
export const RELIABILITIES = [
  'A - Completely reliable',
  'B - Usually reliable',
  'C - Fairly reliable',
  'D - Not usually reliable',
  'E - Unreliable',
  'F - Reliability cannot be judged',
] as const;
/** One of {@link RELIABILITIES}. */
export type Reliability = (typeof RELIABILITIES)[number];

/** The lowest confidence of each step from A to E; F is no confidence at all, or 0. */
export const reliabilityBands: readonly { from: number; reliability: Reliability }[] = [
  { from: 81, reliability: RELIABILITIES[0] },
  { from: 61, reliability: RELIABILITIES[1] },
  { from: 41, reliability: RELIABILITIES[2] },
  { from: 21, reliability: RELIABILITIES[3] },
  { from: 1, reliability: RELIABILITIES[4] },
];

/**
 * The reliability for a confidence of 0 to 100, in five equal bands. XSOAR takes a reliability only
 * with `/indicators/feed/json`; create and edit have no place for it.
 */
export function reliabilityOf(confidence: number | null): Reliability {
  const band = reliabilityBands.find(({ from }) => confidence !== null && confidence >= from);
  return band?.reliability ?? RELIABILITIES[5];
}
