/**
 * The other side of `harness/program.ts`: a program that the bench forks answers calls
 * over its channel, and goes when the bench is gone.
 */

/** What a program can be asked; arguments and results are JSON. */
export type Calls = Record<string, (argument: never) => unknown>;

interface Call {
  id: number;
  name: string;
  argument: unknown;
}

/** Answers calls until the channel closes. */
export function serve(calls: Calls): void {
  process.on('message', (message: Call) => {
    void answer(calls, message);
  });
  process.on('disconnect', () => process.exit(0));
  // Control-C reaches the whole group; the bench itself says when it is over.
  process.on('SIGINT', () => {});
  process.send?.({ id: 0 });
}

async function answer(calls: Calls, { id, name, argument }: Call): Promise<void> {
  try {
    const call = calls[name];
    if (call === undefined) throw new Error(`no such call: ${name}`);
    process.send?.({ id, result: await call(argument as never) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
}
