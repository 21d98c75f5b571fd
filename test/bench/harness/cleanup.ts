/**
 * Whatever a bench starts ends with it: also after an error, Control-C or SIGTERM.
 * Ends are kept by the thing they end, and taken out when it has ended by itself.
 */
type End = () => void;

const ends = new Set<End>();

/** Notes how to end something at once and without waiting; returns how to forget it. */
export function endAtExit(end: End): () => void {
  ends.add(end);
  return () => ends.delete(end);
}

function endAll(): void {
  for (const end of ends) {
    try {
      end();
    } catch {
      // It has gone already; the others must go too.
    }
  }
  ends.clear();
}

/** To be called once by the program: ends everything when the process does. */
export function endAllWithProcess(): void {
  process.once('exit', endAll);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
