/**
 * Which actions of Bull Board are let through, and the record of who took them.
 *
 * A dead letter may be retried or removed and a delayed job promoted. Whatever
 * would take many states from their jobs, change what a job says, or pause the
 * queue behind the back of our holds is refused: adding, editing, emptying,
 * cleaning, obliterating, pausing. (A single job that is removed by hand is
 * replaced by the sweeper while its state is undelivered.)
 */
import type { BoardHooks, HookContext } from '@bull-board/api/typings/app';
import type { Logger } from '@xsoar-intel/runtime';

/** Actions by Bull Board's own route; each names the job state that it is meant for. */
const ACTIONS = new Map<string, { action: string; state: string }>([
  ['put /api/queues/:queueName/:jobId/retry', { action: 'retry', state: 'failed' }],
  ['put /api/queues/:queueName/:jobId/clean', { action: 'remove', state: 'failed' }],
  ['put /api/queues/:queueName/:jobId/promote', { action: 'promote', state: 'delayed' }],
  ['put /api/queues/:queueName/retry/:queueStatus', { action: 'retry-all', state: 'failed' }],
]);

type Refusal = { status: 403 | 405; message: string };

/** The hooks that Bull Board calls around each request. `userOf` reads the request's headers. */
export function createActionGuard(parts: {
  actions: boolean;
  logger: Logger;
  userOf(headers: Record<string, string | undefined>): string | null;
}): BoardHooks {
  const entry = (context: HookContext) => ({
    user: parts.userOf(context.request.headers),
    action: actionOf(context)?.action ?? `${context.method} ${context.route}`,
    jobId: textOf(context.request.params.jobId),
    jobStatus: textOf(context.request.params.queueStatus),
  });

  return {
    async before(context) {
      if (context.method === 'get') return undefined;
      const refusal = parts.actions ? await refusalOf(context) : READ_ONLY;
      if (refusal === null) {
        // Before it is done, so that no failure can keep it out of the record.
        parts.logger.info(entry(context), 'board action');
        return undefined;
      }
      const { status, message } = refusal;
      parts.logger.info({ ...entry(context), status }, `board action refused: ${message}`);
      return {
        allow: false,
        status,
        message,
        errorKey: status === 405 ? 'ERRORS.QUEUE_READ_ONLY' : 'ERRORS.FORBIDDEN',
      };
    },
    after(context, result) {
      const status = result.status ?? 200;
      if (context.method !== 'get' && status >= 400) {
        parts.logger.info({ ...entry(context), status }, 'board action failed');
      }
      return result;
    },
  };
}

const READ_ONLY: Refusal = {
  status: 405,
  message: 'This board only shows. BOARD_ACTIONS lets it retry and remove dead letters.',
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const actionOf = ({ method, route }: HookContext) => ACTIONS.get(`${method} ${route}`);

async function refusalOf(context: HookContext): Promise<Refusal | null> {
  const known = actionOf(context);
  if (known === undefined) {
    return {
      status: 403,
      message:
        'The board only retries and removes dead letters and promotes delayed jobs. Deliveries are paused with “xsoar-intel pause”.',
    };
  }
  const { queueName, jobId, queueStatus } = context.request.params;
  const state =
    textOf(queueStatus) ??
    (await context.request.queues.get(String(queueName))?.getJob(String(jobId)))?.getState();
  const found = await state;
  // A job that is not there is left to Bull Board, which says so.
  if (found === undefined || found === known.state) return null;
  return { status: 403, message: `Only ${known.state} jobs: this one is ${found}.` };
}
