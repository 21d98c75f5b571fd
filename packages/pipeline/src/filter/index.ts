export {
  type CompiledFilter,
  compileFilter,
  decideFilter,
  type FilterDecision,
  filterValues,
} from './filter.ts';
export type { EventOperation, FilterOptions } from './filter-options.ts';
export { FILTER_REASONS, type FilterReason } from './filter-reasons.ts';
export { PRIVATE_RANGES } from './ip-range.ts';
export { mapFiltered } from './map-filtered.ts';
export { privateKeyword } from './never-push.ts';
