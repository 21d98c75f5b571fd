/** Waits until `look` gives something other than undefined or false; rejects after 5 s. */
export async function eventually<T>(
  look: () => T | undefined | false,
  what = 'condition',
): Promise<T> {
  const until = performance.now() + 5000;
  for (;;) {
    const result = look();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > until) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
