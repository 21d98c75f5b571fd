import picocolors from 'picocolors';

/** Colours, or none of them. */
export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  title(text: string): string;
}

/** The colours of the command. */
export function createPaint(enabled: boolean): Paint {
  const colors = picocolors.createColors(enabled);
  return {
    strong: colors.bold,
    faint: colors.dim,
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    title: (text) => colors.bold(colors.cyan(text)),
  };
}

/**
 * Whether to colour: on a terminal, unless NO_COLOR says no (no-color.org: any value but the empty
 * one); FORCE_COLOR colours a pipe too.
 */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}
