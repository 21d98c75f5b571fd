import { boolean, share } from '../types/basic.ts';
import { duration } from '../types/duration.ts';
import { define } from './define.ts';

/** Whoever compares: the active ingest, by the clock, and an operator's command. */
const both = ['ingest', 'operator'] as const;

/** Comparing XSOAR with OpenCTI. */
export const reconcileVariables = {
  RECONCILE_INTERVAL: define({
    group: 'Reconciliation',
    path: 'reconcile.interval',
    type: duration('1m', '90d'),
    default: null,
    description:
      'How often the active ingest compares all of XSOAR with OpenCTI. Unset: never. Where it is set, the ingest also reads the variables of the worker: the key of XSOAR, the mapping, the filters.',
    example: '1d',
    roles: ['ingest'],
  }),
  RECONCILE_APPLY: define({
    group: 'Reconciliation',
    path: 'reconcile.apply',
    type: boolean,
    default: 'false',
    description: 'Whether such a comparison also has repaired what differs.',
    roles: ['ingest'],
  }),
  RECONCILE_SETTLE: define({
    group: 'Reconciliation',
    path: 'reconcile.settle',
    type: duration('0s', '1h'),
    default: '30s',
    description:
      'What changed within this time is not compared, and between two looks at one difference at least so long passes. Longer than XSOAR’s search is behind its writes.',
    roles: both,
  }),
  RECONCILE_MAX_DELETE_SHARE: define({
    group: 'Reconciliation',
    path: 'reconcile.max_delete_share',
    type: share,
    default: '5%',
    description:
      'Largest share of what XSOAR holds from us that a comparison has deleted without being asked. Above it the command asks, or wants `--yes`; a comparison by the clock deletes nothing.',
    roles: both,
  }),
};
