import { parseDuration } from '@xsoar-intel/config';
import { DEAD_REASONS, type DeadLetter, type DeadReason } from '@xsoar-intel/pipeline';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';

/** Which dead letters are meant, as given on the command line. */
export interface FilterOptions {
  /** Reasons, separated by commas. */
  reason?: string;
  /** HTTP statuses such as `400`, classes such as `5xx`, or `none`, separated by commas. */
  status?: string;
  /** A duration. */
  olderThan?: string;
  entity?: string;
}

/** Whether a dead letter is meant. */
export type Filter = (letter: DeadLetter) => boolean;

/**
 * The filter of the options; null where there is none.
 * @param now ms since 1970
 * @throws CommandError (exit 2) for an option that cannot be understood
 */
export function filterOf(options: FilterOptions, now: number): Filter | null {
  const filters: Filter[] = [];
  if (options.reason !== undefined) {
    const reasons = options.reason.split(',').map(reasonOf);
    filters.push(({ reason }) => reasons.includes(reason));
  }
  if (options.status !== undefined) {
    const statuses = options.status.split(',').map(statusOf);
    filters.push(({ failure }) => statuses.some((fits) => fits(failure?.status ?? null)));
  }
  if (options.olderThan !== undefined) {
    const ms = parseDuration(options.olderThan);
    if (ms === null) {
      throw wrong(
        `--older-than takes a duration such as 30m, 2h or P7D, not "${options.olderThan}".`,
      );
    }
    filters.push(({ at }) => at <= now - ms);
  }
  if (options.entity !== undefined) {
    const { entity } = options;
    filters.push(({ entityId }) => entityId === entity);
  }
  return filters.length === 0 ? null : (letter) => filters.every((fits) => fits(letter));
}

function reasonOf(text: string): DeadReason {
  const reason = DEAD_REASONS.find((known) => known === text.trim());
  if (reason === undefined) {
    throw wrong(`"${text}" is no reason of a dead letter; there are ${DEAD_REASONS.join(', ')}.`);
  }
  return reason;
}

function statusOf(text: string): (status: number | null) => boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === 'none') return (status) => status === null;
  if (/^[1-5]xx$/.test(wanted)) {
    return (status) => status !== null && Math.floor(status / 100) === Number(wanted[0]);
  }
  if (/^[1-5]\d\d$/.test(wanted)) return (status) => status === Number(wanted);
  throw wrong(
    `--status takes an HTTP status such as 400, a class such as 5xx, or none, not "${text}".`,
  );
}

const wrong = (message: string): CommandError => new CommandError(message, EXIT.usage);
