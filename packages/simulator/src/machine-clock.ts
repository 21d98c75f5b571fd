/**
 * Milliseconds of the machine's monotonic clock, with fractions. It counts from the
 * same moment in every process of a machine (on Linux: its start), so that what two
 * simulators note in processes of their own can be subtracted; a wall clock that is
 * set meanwhile does not matter.
 */
export function machineMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
