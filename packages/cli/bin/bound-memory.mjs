// Keeps the memory of a process that runs for long within bounds: decision 0004 has the figures.
//
// V8 takes its flags, and the C library its setting, when a program starts. So the process is replaced
// once, in place: its id, its standard streams and whoever waits for it stay. That way the bounds hold
// however it is started (pnpm's launcher, systemd, a container), and stand in one place.

// The young generation is collected when so many MB are full: a larger one less often.
const YOUNG_MB = 8;
const YOUNG_MB_OF_A_WORKER = 16;
const BOUNDED = ['ingest', 'worker', 'board', 'reconcile', 'audit', 'demo', 'simulate'];
const SLOW_GROWTH = '--heap-growing-percent=30';

/** Starts this very process anew within bounds, unless it is already, or soon over anyway. */
export function boundMemory() {
  const [, self, command] = process.argv;
  if (!BOUNDED.includes(command) || process.execArgv.includes(SLOW_GROWTH)) return;
  // Not on every system.
  if (process.execve === undefined) return;
  const young = command === 'worker' ? YOUNG_MB_OF_A_WORKER : YOUNG_MB;
  process.execve(
    process.execPath,
    [
      process.execPath,
      `--max-semi-space-size=${young}`,
      SLOW_GROWTH,
      // Whoever gives flags of their own has the last word.
      ...process.execArgv,
      self,
      ...process.argv.slice(2),
    ],
    // Each thread would keep what it has freed to itself: 16 MB in all.
    { MALLOC_ARENA_MAX: '1', ...process.env },
  );
}
