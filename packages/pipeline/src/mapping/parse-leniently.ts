import {
  type Pattern,
  PatternError,
  type PatternLimits,
  parsePattern,
} from '@xsoar-intel/stix-pattern';
import { withSingleQuotedSteps } from './double-quoted-steps.ts';

/** A pattern as the mapping reads it. */
export interface LenientReading {
  pattern: Pattern;
  /** Path steps stood in double quotes, which the STIX grammar does not have. */
  doubleQuotedSteps: boolean;
}

/**
 * Parses a pattern, forgiving the one mistake that is written often and can mean only one thing.
 * Offsets are those of the text as it was given.
 * @throws PatternError
 */
export function parseLeniently(text: string, limits?: Partial<PatternLimits>): LenientReading {
  try {
    return { pattern: parsePattern(text, limits), doubleQuotedSteps: false };
  } catch (error) {
    if (!(error instanceof PatternError) || error.code !== 'syntax') throw error;
    const rewritten = withSingleQuotedSteps(text);
    if (rewritten === null) throw error;
    return { pattern: parsePattern(rewritten, limits), doubleQuotedSteps: true };
  }
}
