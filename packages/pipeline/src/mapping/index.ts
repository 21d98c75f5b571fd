export { listLimits, textLimits } from './bounded-text.ts';
export { ACCOUNT_DETAILS } from './collect/accounts.ts';
export { FILE_DETAILS } from './collect/files.ts';
export {
  contributionsOf,
  mergeContributions,
  parseContribution,
  writtenBy,
} from './contribution.ts';
export {
  COMMON_FIELDS,
  type CustomFieldInfo,
  isCustomFieldName,
  RESERVED_FIELDS,
  TYPE_FIELDS,
} from './custom-fields.ts';
export { derivedId } from './derived-id.ts';
export { rfc3339 } from './instant.ts';
export { KILL_CHAIN_PHASES } from './kill-chain.ts';
export { kinKeys, untypedKey } from './kin.ts';
export { defaultMaxValues, mapIndicator } from './map-indicator.ts';
export { mergeDesired } from './merge-desired.ts';
export { xsoarNeeds } from './needs.ts';
export { OBSERVABLE_RULES, type ObservableRule } from './observable-rules.ts';
export { OBSERVABLE_TYPES, type ObservableType, observableTypeOf } from './observable-types.ts';
export { type LenientReading, parseLeniently } from './parse-leniently.ts';
export { RELIABILITIES, type Reliability, reliabilityBands, reliabilityOf } from './reliability.ts';
export {
  defaultScoreThresholds,
  type ScoreThresholds,
  VERDICTS,
  xsoarScore,
} from './score.ts';
export {
  TLP_LEVELS,
  TLP_MARKINGS,
  type TlpLevel,
  type TlpSpelling,
  tlpOf,
  xsoarTlp,
} from './tlp.ts';
export {
  type MappingNote,
  type MappingOptions,
  type MappingResult,
  SKIP_REASONS,
  type Skip,
  type SkipReason,
} from './types.ts';
export { targetOfKey, valueKey } from './value-key.ts';
