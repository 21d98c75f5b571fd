import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { DeadLetterStore } from '@xsoar-intel/pipeline';

type JobStatus = ReturnType<BullMQAdapter['getJobStatuses']>[number];
type BoardJob = Awaited<ReturnType<BullMQAdapter['getJobs']>>[number];

/** The states that deliveries have, what needs somebody first; the others stay empty. */
const SHOWN: readonly JobStatus[] = ['failed', 'active', 'waiting', 'delayed', 'completed'];

/** BullMQ's codes for a job that is gone, or that is no longer in the state it was found in. */
const OVERTAKEN: readonly unknown[] = [-1, -3];

/** What a retry goes through: the same way as that of the command line. */
export type RetryStore = Pick<DeadLetterStore, 'find' | 'retry'>;

/**
 * Bull Board's view of the queue. The difference that matters: a retry gives a job all
 * its attempts again. Bull Board itself leaves the used-up counter, so that a
 * retried dead letter would have a single try.
 *
 * The counter of started attempts stays: it is part of the token of the slot's
 * lease, which must never come twice (a frozen run could mistake it for its own).
 */
export class DeliveryAdapter extends BullMQAdapter {
  readonly #letters: RetryStore;

  constructor(
    queue: ConstructorParameters<typeof BullMQAdapter>[0],
    letters: RetryStore,
    options: ConstructorParameters<typeof BullMQAdapter>[1],
  ) {
    super(queue, options);
    this.#letters = letters;
  }

  override getJobStatuses(): JobStatus[] {
    return [...SHOWN];
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const job = await super.getJob(id);
    return job && withAllAttempts(job, this.#letters);
  }

  override async getJobs(...query: Parameters<BullMQAdapter['getJobs']>): Promise<BoardJob[]> {
    return (await super.getJobs(...query)).map((job) =>
      forgiving(withAllAttempts(job, this.#letters)),
    );
  }
}

function withAllAttempts(job: BoardJob, letters: RetryStore): BoardJob {
  const retry = job.retry.bind(job);
  job.retry = async (state) => {
    // The entity is pending again before its job is: only then do its age and the sweeper see it.
    const letter = await letters.find(String(job.id));
    const [retried] = letter ? await letters.retry([letter]) : [];
    // What is no dead letter any more is refused by BullMQ, in its own words.
    if (retried !== 'retried') await retry(state, { resetAttemptsMade: true });
  };
  return job;
}

/** "Retry all" must not stop because a delivery has just resolved one of the dead letters. */
function forgiving(job: BoardJob): BoardJob {
  const retry = job.retry.bind(job);
  job.retry = (state) =>
    retry(state).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (!OVERTAKEN.includes(code)) throw error;
    });
  return job;
}
