import { mergeDesired } from '@xsoar-intel/pipeline';
import { DELETE_REASON } from '@xsoar-intel/worker';
import {
  createFields,
  createRequest,
  type DesiredIndicator,
  deleteRequest,
  editRequest,
  mergeIndicator,
  type WriteRequest,
} from '@xsoar-intel/xsoar';
import { excerpt } from '../../terminal/visible.ts';

/** What stands in a request where only XSOAR knows the value. */
export const PLACEHOLDER = { id: "<XSOAR's id>", version: '<version just read>' } as const;

/** What XSOAR is sent. */
export interface Requests {
  /** What is wanted of each value, in the order of the pattern. */
  indicators: DesiredIndicator[];
  /** One for each indicator. */
  create: WriteRequest[];
  /** One for each indicator, as for one of which XSOAR holds the value and nothing else. */
  update: WriteRequest[];
  delete: WriteRequest[];
}

/** Ids in one delete; that of the writer's default. */
const mostDeletes = 50;

/** The requests for the indicators of one entity, as worker and client build them. */
export function requestsFor(mapped: readonly DesiredIndicator[]): Requests {
  const indicators = mapped.map((indicator) => mergeDesired([indicator]));
  const targets = indicators.map((indicator) => ({
    id: idPlaceholder(indicator, indicators.length),
    value: indicator.value,
  }));
  const deletes: WriteRequest[] = [];
  for (let from = 0; from < targets.length; from += mostDeletes) {
    deletes.push(deleteRequest(targets.slice(from, from + mostDeletes), DELETE_REASON));
  }
  return {
    indicators,
    create: indicators.map((indicator) => createRequest(createFields(indicator))),
    update: indicators.map(updateOf),
    delete: deletes,
  };
}

function updateOf(indicator: DesiredIndicator): WriteRequest {
  const { value, indicator_type } = indicator;
  const current = { id: PLACEHOLDER.id, version: 0, value, indicator_type, CustomFields: {} };
  const { merged } = mergeIndicator(current, indicator, []);
  const request = editRequest(merged);
  // A version is a number; nobody should take an invented one for real.
  return { ...request, body: { ...request.body, version: PLACEHOLDER.version } };
}

function idPlaceholder({ indicator_type: type, value }: DesiredIndicator, of: number): string {
  return of === 1 ? PLACEHOLDER.id : `<XSOAR's id of ${type} ${excerpt(value, 40)}>`;
}
