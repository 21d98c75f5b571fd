import type { Role } from '../role.ts';
import { formatDuration } from '../types/duration.ts';
import type { Values, VariableName } from '../variables/table.ts';

/** A rule about several variables. */
export interface Check {
  /** The first is the one to change; it is skipped when one of them is wrong by itself. */
  readonly variables: readonly [VariableName, ...VariableName[]];
  readonly roles: readonly Role[];
  /** What is wrong, after the first variable's value; null when all is well. */
  complaint(values: Values): string | null;
}

/** Whether only this machine can reach an address to listen on. */
export function isLoopback(address: string): boolean {
  return (
    address === 'localhost' || address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
  );
}

/** `low` must be below `high`, or may equal it. */
function ordered(
  low: VariableName,
  high: VariableName,
  roles: readonly Role[],
  mayEqual = false,
): Check {
  return {
    variables: [low, high],
    roles,
    complaint(values) {
      const [a, b] = [Number(values[low]), Number(values[high])];
      if (a < b || (mayEqual && a === b)) return null;
      return `expected ${mayEqual ? 'at most' : 'less than'} ${high}`;
    },
  };
}

/** What must hold between variables. */
export const checks: readonly Check[] = [
  ordered('PENDING_LOW_WATER', 'PENDING_HIGH_WATER', ['ingest']),
  ordered('REDIS_MEMORY_LOW_WATER', 'REDIS_MEMORY_HIGH_WATER', ['ingest']),
  ordered('DELIVERY_BACKOFF_MIN', 'DELIVERY_BACKOFF_MAX', ['worker'], true),
  ordered('HOLD_BACKOFF_MIN', 'HOLD_BACKOFF_MAX', ['worker'], true),
  {
    variables: ['DELIVERY_TIMEOUT', 'XSOAR_TIMEOUT'],
    roles: ['worker'],
    complaint: ({ DELIVERY_TIMEOUT, XSOAR_TIMEOUT }) =>
      DELIVERY_TIMEOUT >= XSOAR_TIMEOUT
        ? null
        : `expected at least XSOAR_TIMEOUT (${formatDuration(XSOAR_TIMEOUT)}): a delivery has one request or more`,
  },
  {
    variables: ['XSOAR_KEY_ID', 'XSOAR_API', 'XSOAR_KEY_TYPE'],
    roles: ['worker'],
    complaint({ XSOAR_KEY_ID, XSOAR_API, XSOAR_KEY_TYPE }) {
      if (XSOAR_KEY_ID !== null) return null;
      if (XSOAR_API === '8' || XSOAR_API === '8-internal') {
        return `is not set; XSOAR_API=${XSOAR_API} needs the id of the key`;
      }
      return XSOAR_KEY_TYPE === 'advanced'
        ? 'is not set; an advanced key needs its id (XSOAR_KEY_TYPE=advanced)'
        : null;
    },
  },
  {
    variables: ['BOARD_PASSWORD', 'BOARD_USER', 'BOARD_ADDR'],
    roles: ['board'],
    complaint({ BOARD_PASSWORD, BOARD_USER, BOARD_ADDR }) {
      if (BOARD_USER !== null && BOARD_PASSWORD === null) return 'is not set, but BOARD_USER is';
      if (BOARD_USER === null && BOARD_PASSWORD !== null) return 'is set, but BOARD_USER is not';
      if (BOARD_PASSWORD !== null || isLoopback(BOARD_ADDR)) return null;
      return `is not set; a board that others can reach (BOARD_ADDR=${BOARD_ADDR}) needs BOARD_USER and BOARD_PASSWORD`;
    },
  },
  {
    variables: ['BOARD_PORT', 'METRICS_PORT', 'METRICS_ENABLE'],
    roles: ['board'],
    complaint: ({ BOARD_PORT, METRICS_PORT, METRICS_ENABLE }) =>
      METRICS_ENABLE && BOARD_PORT === METRICS_PORT && BOARD_PORT !== 0
        ? 'expected another port than METRICS_PORT'
        : null,
  },
];
