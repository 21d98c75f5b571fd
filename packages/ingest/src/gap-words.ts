import type { Logger } from '@xsoar-intel/runtime';
import type { Begin, Gap, Reach } from './gap.ts';

const FOUND: Record<Gap['kind'], string> = {
  trimmed: 'OpenCTI no longer has the events after the cursor: its stream begins later',
  rewound:
    'the stream of OpenCTI ends before an event that was already read: its Redis lost data, or was restored',
  emptied: 'the stream of OpenCTI is empty though events were read: its Redis lost its data',
};

const DELETES =
  'Deletes of that time cannot be caught up: reconcile, see "Gaps" in docs/opencti.md, and raise the retention of OpenCTI\'s Redis stream';

/** Says loudly that events are missing, what is done about it, and what is not. */
export function noteGap(
  logger: Logger,
  gap: Gap,
  begin: Begin,
  reach: Reach,
  mayRecover: boolean,
): void {
  const done =
    gap.next === null
      ? mayRecover
        ? 'What was changed in between comes with the catch-up that is under way'
        : 'What happened in between is missed, since catching up is switched off (CONNECTOR_LIVE_STREAM_RECOVER, CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE)'
      : gap.next.recoverUntil === null
        ? 'Reading goes back behind what is left'
        : 'Catching up from its database';
  logger.error(
    {
      gap: gap.kind,
      cursor: begin.id.text,
      oldest: reach.firstEventId?.text,
      newest: reach.lastEventId?.text,
      from: gap.next?.id.text,
      recover: gap.next?.recoverUntil,
    },
    `a gap in the stream: ${FOUND[gap.kind]}. ${done}. ${DELETES}`,
  );
}
