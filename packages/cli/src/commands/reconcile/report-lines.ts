import {
  DRIFTS,
  type Drift,
  driftOf,
  type Finding,
  type Report,
  words,
} from '@xsoar-intel/pipeline';
import type { Paint } from '../../terminal/paint.ts';
import { excerpt, visible } from '../../terminal/visible.ts';

/** Findings of a kind that are shown. */
const SHOWN = 10;

const MEANING: Readonly<Record<Drift, string>> = {
  missing: 'not in XSOAR',
  stale: 'in XSOAR in another state than OpenCTI has',
  foreign: 'changed in XSOAR since we wrote it',
  extra: 'in XSOAR, and no indicator stands behind it any more',
};

const REASON: Readonly<Record<NonNullable<Finding['reason']>, string>> = {
  deleted: 'deleted in OpenCTI',
  'left-stream': 'no longer in the stream',
  'not-named': 'no longer named by its indicator',
};

/** The report for people. */
export function reportLines(report: Report, paint: Paint): string[] {
  const { counts, findings, findingsCut, applied, notes, deletesRefused } = report;
  const n = words.count;
  const took = words.duration(report.finishedAt - report.startedAt);
  const drift = driftOf(counts);
  const lines = [
    `${n(counts.compared)} values of ${n(counts.listed)} indicators compared, ${n(counts.held)} objects of XSOAR gone over, in ${took}.`,
    `${n(counts.equal)} equal, ${n(counts.excluded)} on XSOAR's exclusion list; ${n(counts.leftOut)} indicators are left out by mapping and filters.`,
  ];
  const open = counts.inFlight + counts.changed + counts.dead;
  if (open > 0) {
    lines.push(
      `Not judged: ${n(counts.changed)} changed meanwhile, ${n(counts.inFlight)} still undelivered, ${n(counts.dead)} dead letters.`,
    );
  }
  lines.push('');
  if (drift === 0) lines.push(paint.good('XSOAR and OpenCTI agree.'));
  for (const kind of DRIFTS) {
    if (counts[kind] === 0) continue;
    lines.push(paint.bad(`${n(counts[kind])} ${kind}: ${MEANING[kind]}`));
    const some = findings.filter((finding) => finding.kind === kind);
    for (const finding of some.slice(0, SHOWN)) lines.push(`  ${findingLine(finding)}`);
    if (counts[kind] > SHOWN)
      lines.push(`  … (--json has ${findingsCut === 0 ? 'all' : 'more'} of them)`);
  }
  for (const note of notes) lines.push(visible(note));
  if (deletesRefused !== null) {
    lines.push(paint.bad(`Nothing was deleted: ${deletesRefused}. Look at them, then add --yes.`));
  }
  if (drift > 0) {
    lines.push(
      applied
        ? `${n(counts.repaired)} deliveries were asked for, ${n(counts.deleted)} of them deletes; "xsoar-intel status" shows how far they are.`
        : 'Nothing was changed. With --apply the indicators are delivered again, or deleted.',
    );
  }
  return lines;
}

/** One finding, in a line. */
export function findingLine({ type, value, entityId, fields, reason }: Finding): string {
  const why = fields?.map(visible).join(', ') ?? (reason === undefined ? '' : REASON[reason]);
  return `${visible(type)} ${excerpt(value, 60)} (${visible(entityId)})${why === '' ? '' : `: ${why}`}`;
}
