import { type ConnectorStatus, createPace, type Reading, statusOf } from '@xsoar-intel/pipeline';

/** Gives the status to many who look at it, at the price of one. */
export interface StatusSource {
  /** Rejects when Redis cannot be read, or does not answer in time. */
  status(): Promise<ConnectorStatus>;
}

/** Reads the status at most every `freshMs`, and never twice at once. */
export function createStatusSource(options: {
  read(): Promise<Reading>;
  version: string;
  connectorId: string;
  freshMs: number;
  timeoutMs: number;
  /** ms, by any clock. */
  now(): number;
}): StatusSource {
  const pace = createPace();
  let latest: Promise<ConnectorStatus> | null = null;
  let freshUntil = 0;

  async function read(): Promise<ConnectorStatus> {
    const reading = await within(options.timeoutMs, options.read());
    const { cursor, pending } = reading.snapshot;
    const look = { at: reading.at, pending, cursorMs: cursor?.id.ms || null };
    return statusOf(reading, { ...options, pace: pace.note(look) });
  }

  return {
    status() {
      if (latest === null || options.now() >= freshUntil) {
        // Nobody reads beside a reading that is under way.
        freshUntil = Number.POSITIVE_INFINITY;
        latest = read().finally(() => {
          freshUntil = options.now() + options.freshMs;
        });
      }
      return latest;
    },
  };
}

/** Commands wait for a Redis that is away; people do not. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Redis does not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
