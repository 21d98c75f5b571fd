/**
 * Where XSOAR's verdicts begin, as lower bounds that are not part of the verdict: an OpenCTI score
 * above `bad` is 3 (Bad), above `suspicious` 2 (Suspicious), above `good` 1 (Good), else 0 (Unknown).
 */
export interface ScoreThresholds {
  good: number;
  suspicious: number;
  bad: number;
}

/** The Python connector's. Palo Alto's own OpenCTI feed draws the lines at 0, 20 and 70. */
export const defaultScoreThresholds: Readonly<ScoreThresholds> = Object.freeze({
  good: 0,
  suspicious: 30,
  bad: 60,
});

/** XSOAR's verdicts by their number in `score`. */
export const VERDICTS = ['Unknown', 'Good', 'Suspicious', 'Bad'] as const;

/** XSOAR's score for an OpenCTI score; null, no score at all, is 0. */
export function xsoarScore(score: number | null, thresholds: ScoreThresholds): 0 | 1 | 2 | 3 {
  if (score === null) return 0;
  if (score > thresholds.bad) return 3;
  if (score > thresholds.suspicious) return 2;
  return score > thresholds.good ? 1 : 0;
}

/**
 * An untrusted value as a number from 0 to 100, or null if it is none. Numbers outside are clamped;
 * a number written as text counts (some sources do, and the Python connector died of it).
 */
export function percentOf(value: unknown): number | null {
  if (typeof value === 'number') return clamp(value);
  if (typeof value !== 'string' || value.length > 20) return null;
  const text = value.trim();
  return text === '' ? null : clamp(Number(text));
}

function clamp(number: number): number | null {
  if (Number.isNaN(number)) return null;
  return Math.min(100, Math.max(0, number));
}
