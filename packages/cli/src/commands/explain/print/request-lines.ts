import type { WriteRequest } from '@xsoar-intel/xsoar';
import type { Paint } from '../../../terminal/paint.ts';
import { excerpt } from '../../../terminal/visible.ts';
import type { Explanation } from '../explanation.ts';
import { layOutJson } from './lay-out-json.ts';
import type { Extent } from './sections.ts';

const width = 100;

/** Indicators after the first one that are listed, in short. */
const mostOthers = 10;

/** The requests, with what in them cannot be known here. */
export function requestLines(
  { judgement, requests }: Explanation,
  paint: Paint,
  extent: Extent,
): string[] {
  if (requests === null) return [];
  const deleteLines = titled('delete', 'when it is deleted in OpenCTI', requests.delete, paint);
  if (judgement.outcome === 'removed') return removalLines(requests.delete, paint);
  return [
    ...titled('create', 'while XSOAR does not have the value', requests.create, paint),
    ...otherLines(requests, paint, extent),
    ...bareLines(judgement.subject.content.kind),
    '',
    ...titled('update', 'once XSOAR has it', requests.update, paint),
    'id and version are those that XSOAR answered a search with; it refuses an edit with an older',
    'version, and then it is read again. All that XSOAR has beside these fields goes back unchanged,',
    'and tags of others stay. What several OpenCTI indicators want of one value is merged. Values',
    'that an earlier state of this indicator named, and this one does not, are deleted.',
    '',
    ...deleteLines,
    'Nothing is deleted while another OpenCTI indicator names the same value.',
  ];
}

function removalLines(requests: readonly WriteRequest[], paint: Paint): string[] {
  if (requests.length === 0) {
    return [
      'A delete for each indicator that an earlier state of it left in XSOAR; this state itself has none.',
    ];
  }
  return [
    ...titled('delete', 'for what was sent of it', requests, paint),
    'Which indicators these are is remembered from when they were sent; here they are worked out from',
    'its last state. One stays while another OpenCTI indicator names the same value.',
  ];
}

function titled(
  name: string,
  when: string,
  requests: readonly WriteRequest[],
  paint: Paint,
): string[] {
  const [first] = requests;
  if (first === undefined) return [];
  const body = layOutJson(first.body, '', width).split('\n');
  return [`${paint.strong(name)}, ${when}`, paint.faint(`POST ${first.path}`), ...body];
}

/** The other indicators, by what sets them apart from the first. */
function otherLines(
  { indicators }: NonNullable<Explanation['requests']>,
  paint: Paint,
  extent: Extent,
): string[] {
  const others = indicators.slice(1);
  if (others.length === 0) return [];
  const shown = others.slice(0, Math.min(Math.max(mostOthers, extent.rows - 30), extent.rows));
  const lines = shown.map(({ indicator_type: type, value, id }) => {
    const hint = id === undefined ? '' : paint.faint(`  id ${id}`);
    return `  ${type} ${excerpt(value, 100)}${hint}`;
  });
  const rest = others.length - shown.length;
  if (rest > 0) lines.push(paint.faint(`  … and ${rest} more (--all)`));
  return [`The same again for ${others.length === 1 ? 'the other one' : 'the others'}:`, ...lines];
}

function bareLines(kind: string): string[] {
  if (kind !== 'pattern') return [];
  return ['A pattern alone has no score, labels, dates or author, so this has none either.'];
}
