/** What each state means to an analyst, and what can be done about it. */
import type { DeadReason } from '../outcome/outcome.ts';
import type { HoldKind } from '../queue/hold.ts';

/** Words for a state. */
export interface Advice {
  what: string;
  action: string;
}

/** Holds: nobody pushes anything, or no deletes. */
export const HOLD_ADVICE: Readonly<Record<HoldKind, Advice>> = {
  operator: {
    what: 'An operator holds the deliveries.',
    action: 'They go on after “xsoar-intel resume”.',
  },
  credentials: {
    what: 'XSOAR refuses the credentials.',
    action:
      'Put XSOAR_KEY, XSOAR_KEY_ID or the role of the key right and restart the workers. Deliveries go on with the first probe that XSOAR accepts.',
  },
  'rate-limit': {
    what: 'XSOAR asked for a pause.',
    action: 'Nothing to do: deliveries go on by themselves.',
  },
  outage: {
    what: 'XSOAR does not answer.',
    action:
      'See whether XSOAR is up and can be reached from the workers. Deliveries go on with the first probe that it answers; nothing is lost.',
  },
  'delete-storm': {
    what: 'Deletes are held: there are more than the guard lets through.',
    action:
      'See whether they are wanted. “xsoar-intel resume --hold delete-storm” delivers them; an indicator that comes back is not deleted. All else goes on.',
  },
  configuration: {
    what: 'What answers is not the API of XSOAR.',
    action: 'Put XSOAR_URL or XSOAR_API right and restart the workers.',
  },
};

/** Dead letters: an entity is not in XSOAR in its newest state. */
export const DEAD_ADVICE: Readonly<Record<DeadReason, Advice>> = {
  rejected: {
    what: 'XSOAR refused the request.',
    action: 'Its answer says why: often an indicator type or a field that XSOAR does not have.',
  },
  'too-large': {
    what: 'XSOAR finds the request too large.',
    action: 'Shorten the indicator in OpenCTI, or raise the limit of XSOAR or of the proxy.',
  },
  'bad-answer': {
    what: 'XSOAR’s answer makes no sense.',
    action: 'See the answer; another XSOAR_API may fit this version.',
  },
  'attempts-exhausted': {
    what: 'Every attempt failed.',
    action: 'The last answer is shown. Retry when the cause is gone.',
  },
  stalled: {
    what: 'Worker after worker stopped while at it.',
    action: 'The logs of the workers say why they stopped.',
  },
  internal: {
    what: 'A defect of xsoar-intel.',
    action: 'Please report it with the error of the job.',
  },
};
