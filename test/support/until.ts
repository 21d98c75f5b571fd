/** Waits until a condition holds; fails with its name and the last value it saw. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 30_000, everyMs = 20 } = options;
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) {
      throw new Error(`waited ${timeoutMs} ms in vain until ${what}; last seen: ${String(seen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
