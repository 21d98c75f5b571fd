import { type Progress, type Waiting, words } from '@xsoar-intel/pipeline';
import { visible } from '../../terminal/visible.ts';

/** Between two lines of progress, in ms. */
const EVERY_MS = 1_000;

/** What the phases do, in words. */
const DOING: Readonly<Record<Progress['phase'], string>> = {
  walk: 'comparing the indicators of OpenCTI',
  confirm: 'looking again at what differs',
  held: 'going over what XSOAR holds',
  recheck: 'asking again about what is too many',
  relist: 'listing again what was not listed',
  repair: 'asking for deliveries',
};

/** Tells rate and time left of the phase that is under way. */
export function createPace(now: () => number) {
  let phase: string | null = null;
  let begun = { at: 0, done: 0 };
  let lastAt = 0;
  return {
    /** Calls at most once a second. */
    due(tell: () => void, progress?: Progress): void {
      if (progress !== undefined && progress.phase !== phase) {
        phase = progress.phase;
        begun = { at: now(), done: progress.done };
      }
      if (now() - lastAt < EVERY_MS) return;
      lastAt = now();
      tell();
    },
    line({ phase: doing, done, of }: Progress): string {
      const rate = (done - begun.done) / Math.max((now() - begun.at) / 1000, 0.001);
      const left = of === null || rate <= 0 ? null : Math.max(of - done, 0) / rate;
      const all = of === null ? '' : ` of ${words.count(Math.max(of, done))}`;
      return [
        `${DOING[doing]}: ${words.count(done)}${all}`,
        ...(rate > 0 ? [`${words.count(Math.round(rate))}/s`] : []),
        ...(left === null ? [] : [`${words.duration(left * 1000)} left`]),
      ].join(', ');
    },
  };
}

/** What is waited for, and why it may take until somebody acts. */
export function waitingLine({ deliveries, heldBy }: Waiting): string {
  const first = `waiting: ${words.count(deliveries)} deliveries go first`;
  if (heldBy === null) return first;
  return `${first}, and some are held: ${visible(heldBy)}; "xsoar-intel resume" lets them go`;
}
