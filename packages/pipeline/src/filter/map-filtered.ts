import type { StixObject } from '@xsoar-intel/opencti';
import { cutText, textLimits } from '../mapping/bounded-text.ts';
import { addSkip } from '../mapping/collect/collection.ts';
import { mapIndicator } from '../mapping/map-indicator.ts';
import type { MappingOptions, MappingResult, Skip } from '../mapping/types.ts';
import { type CompiledFilter, decideFilter, filterValues } from './filter.ts';

/**
 * The newest state of an entity as XSOAR should hold it: filters, mapping, and the list of values
 * never to push. What a filter holds back is not mapped, with the filter's reason. Event types are
 * not asked: whoever has only the newest state has no event.
 */
export function mapFiltered(
  object: StixObject,
  options: MappingOptions,
  filter: CompiledFilter,
  now: number,
): MappingResult {
  const decision = decideFilter(object, 'update', withoutEvents(filter), now);
  if (!decision.pass) {
    const { reason, detail } = decision;
    return { ok: false, reason, detail, leftOut: [{ reason, detail }], notes: [] };
  }
  const result = mapIndicator(object, options);
  if (!result.ok || filter.neverPush === null) return result;
  const { kept, dropped } = filterValues(result.indicators, filter);
  const { leftOut, notes } = result;
  for (const { indicator, entry } of dropped) {
    const detail = `a value of type ${indicator.indicator_type} falls under the entry ${entry}`;
    const skip: Skip = {
      reason: 'never-push',
      detail,
      value: cutText(indicator.value, textLimits.shownValue),
    };
    addSkip(leftOut, skip);
  }
  if (kept.length > 0) return { ok: true, indicators: kept, leftOut, notes };
  const detail = 'all values are on the list of those never to push';
  return { ok: false, reason: 'never-push', detail, leftOut, notes };
}

function withoutEvents(filter: CompiledFilter): CompiledFilter {
  const { eventTypes, ...options } = filter.options;
  return eventTypes === undefined ? filter : { ...filter, options };
}
