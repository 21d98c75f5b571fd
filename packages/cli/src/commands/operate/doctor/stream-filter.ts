import type { FilterRule, StreamFilter } from '@xsoar-intel/opencti';
import { visible } from '../../../terminal/visible.ts';
import { type Finding, ok, warning } from './finding.ts';

const WHAT = 'filter';
/** Values of one rule that are shown; a filter by labels may have hundreds. */
const VALUES_SHOWN = 5;
/** OpenCTI's entity type of an indicator, and the types above it. */
const INDICATORS: readonly string[] = [
  'Indicator',
  'Stix-Domain-Object',
  'Stix-Core-Object',
  'Stix-Object',
  'Basic-Object',
];
/** Words for OpenCTI's operators; others are shown as they are named. */
const OPERATORS = new Map([
  ['eq', '='],
  ['not_eq', '≠'],
  ['gt', '>'],
  ['gte', '≥'],
  ['lt', '<'],
  ['lte', '≤'],
  ['nil', 'is empty'],
  ['not_nil', 'is not empty'],
]);

/**
 * What the stream lets through, and what comes of that here.
 * @param filter null: in a form that is not known
 * @param deleteMode `XSOAR_DELETE_MODE`; null: only the workers know it
 */
export function filterFinding(filter: StreamFilter | null, deleteMode: string | null): Finding {
  if (filter === null) return ok(WHAT, 'there is one, in a form that is not known here');
  if (filter.rules.length === 0 && filter.groups.length === 0) {
    return warning(WHAT, 'none: everything that happens in OpenCTI is sent', {
      why: 'Only indicators are delivered; reading everything else costs OpenCTI and the ingest time.',
      fix: 'Give the stream the filter “Entity type = Indicator”: Data sharing > Live streams in OpenCTI.',
    });
  }
  const text = visible(groupText(filter));
  if (ruleOut(filter)) {
    return warning(WHAT, text, {
      why: 'No indicator passes it, and only indicators are delivered: nothing will come to XSOAR.',
      fix: 'Let it have “Entity type = Indicator”: Data sharing > Live streams in OpenCTI.',
    });
  }
  const found = ok(WHAT, text);
  if (!excludesRevoked(filter)) return found;
  const mode =
    deleteMode === null ? 'XSOAR_DELETE_MODE of the workers' : `XSOAR_DELETE_MODE=${deleteMode}`;
  return {
    ...found,
    so: `An indicator that is revoked or expires leaves the stream, and comes as a delete: ${mode} says what becomes of it.`,
  };
}

/** Rules that hold for whatever passes. */
const always = (filter: StreamFilter): FilterRule[] =>
  filter.mode === 'and' || filter.rules.length + filter.groups.length === 1
    ? [...filter.rules, ...filter.groups.flatMap(always)]
    : [];

/** Whether it is certain that no indicator passes. */
const ruleOut = (filter: StreamFilter): boolean =>
  always(filter).some(({ keys, operator, values }) => {
    if (!keys.includes('entity_type') || keys.length > 1 || values.length === 0) return false;
    const meant = values.some((value) => INDICATORS.includes(value));
    return (operator === 'eq' && !meant) || (operator === 'not_eq' && meant);
  });

const excludesRevoked = (filter: StreamFilter): boolean =>
  always(filter).some(
    ({ keys, operator, values }) =>
      keys.includes('revoked') &&
      ((operator === 'eq' && values.includes('false')) ||
        (operator === 'not_eq' && values.includes('true'))),
  );

function groupText({ mode, rules, groups }: StreamFilter): string {
  const parts = [...rules.map(ruleText), ...groups.map((group) => `(${groupText(group)})`)];
  return parts.join(` ${mode} `);
}

function ruleText({ keys, operator, mode, values }: FilterRule): string {
  const shown = values.slice(0, VALUES_SHOWN).join(` ${mode} `);
  const more = values.length > VALUES_SHOWN ? ` ${mode} ${values.length - VALUES_SHOWN} more` : '';
  const sign = OPERATORS.get(operator) ?? operator.replaceAll('_', ' ');
  return [keys.join('/'), sign, `${shown}${more}`].filter(Boolean).join(' ');
}
