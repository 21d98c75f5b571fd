/** The same trouble is told again after so long, ms. */
const AGAIN_MS = 60_000;

/**
 * Tells each kind of trouble once a minute: what fails again and again, hundreds of times a second, is one
 * trouble. A kind is the first words of a message, up to its numbers and names.
 * @param now ms, by a clock that never goes back
 */
export function sparingly(
  tell: (error: unknown) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const [kind] = message.split(/[.:(\d]/, 1);
    const at = now();
    for (const [told, since] of toldAt) if (at - since >= AGAIN_MS) toldAt.delete(told);
    if (toldAt.has(kind ?? '')) return;
    toldAt.set(kind ?? '', at);
    tell(error);
  };
}
