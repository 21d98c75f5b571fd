export type * from './ast.ts';
export { pathText } from './object-path.ts';
export {
  type LeftOut,
  type Observation,
  type ObservedValue,
  observedValues,
} from './observed-values.ts';
export { parsePattern } from './parse-pattern.ts';
export { PatternError, type PatternErrorCode } from './pattern-error.ts';
export { defaultLimits, type PatternLimits } from './pattern-limits.ts';
export { printPattern } from './print-pattern.ts';
