import { words } from '@xsoar-intel/pipeline';
import type { AuditFacts } from './facts.ts';

/** Whether XSOAR is right about one indicator, and what to do where it is not. */
export interface AuditVerdict {
  /** `right`; `on-the-way`: it will be by itself; `wrong`: somebody has to do something. */
  kind: 'right' | 'on-the-way' | 'wrong';
  words: string;
  next: string | null;
}

/** Judges: what is under way first, since all else may be over in a moment. Pure. */
export function auditVerdict(facts: AuditFacts): AuditVerdict {
  const { entityId, inOpencti, inStream, standing, failure, leftOut, values, unwanted, job } =
    facts;
  const isGone = !inOpencti || inStream === false;
  if (standing === 'dead') {
    return {
      kind: 'wrong',
      words: `Its newest state could not be delivered: ${failure?.message ?? 'the reason is no longer known'}`,
      next: `xsoar-intel dead-letters show ${job?.id ?? entityId}`,
    };
  }
  if (standing === 'pending') {
    return { kind: 'on-the-way', words: 'Its newest state is on its way to XSOAR.', next: null };
  }
  if (unwanted.length > 0) {
    const objects = words.counted(unwanted.length, 'object', 'objects');
    return {
      kind: 'wrong',
      words: isGone
        ? `${whereGone(facts)}, and XSOAR still holds ${objects} of it.`
        : `XSOAR holds ${objects} in its name that it does not stand for.`,
      next: isGone ? 'xsoar-intel reconcile --apply' : `xsoar-intel resync ${entityId}`,
    };
  }
  if (isGone) {
    return {
      kind: 'right',
      words: `${whereGone(facts)}; XSOAR holds ${restOf(facts)}.`,
      next: null,
    };
  }
  if (leftOut !== null) {
    return {
      kind: 'right',
      words: `It is left out (${leftOut}), and XSOAR holds ${restOf(facts)}.`,
      next: `xsoar-intel explain ${entityId}`,
    };
  }
  const of = (kind: string): number => values.filter(({ verdict }) => verdict === kind).length;
  const wrong = (['missing', 'stale', 'foreign'] as const).filter((kind) => of(kind) > 0);
  if (wrong.length > 0) {
    const parts = wrong.map((kind) => `${words.count(of(kind))} ${kind}`).join(', ');
    return {
      kind: 'wrong',
      words: `XSOAR is not what OpenCTI says: ${parts} of ${words.counted(values.length, 'value', 'values')}.`,
      next: `xsoar-intel resync ${entityId}`,
    };
  }
  if (of('unsettled') > 0) {
    return {
      kind: 'on-the-way',
      words: "It was written a moment ago, and XSOAR's search does not show all of it yet.",
      next: null,
    };
  }
  const excluded = of('excluded');
  return {
    kind: 'right',
    words:
      excluded === 0
        ? 'XSOAR holds exactly what OpenCTI says.'
        : `XSOAR holds what OpenCTI says, but for ${words.counted(excluded, 'value', 'values')} on its exclusion list.`,
    next: null,
  };
}

/** Why nobody wants it. */
function whereGone({ inOpencti }: AuditFacts): string {
  return inOpencti
    ? 'OpenCTI has it, but the stream does not (its filter, or the rights of its user)'
    : 'OpenCTI does not have it, or its user may not see it';
}

/** What XSOAR holds of it though nobody wants it. */
function restOf({ kept }: AuditFacts): string {
  if (kept.length === 0) return 'nothing of it';
  const objects = words.counted(kept.length, 'object', 'objects');
  return `${objects} of it on purpose (XSOAR_DELETE_MODE, CONNECTOR_LIVE_STREAM_LISTEN_DELETE)`;
}
