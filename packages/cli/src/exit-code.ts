/** Exit codes of the command, as documented. */
export const EXIT = {
  fine: 0,
  failed: 1,
  /** Wrong usage: an unknown option, a missing argument. */
  usage: 2,
  /** Wrong configuration (sysexits EX_CONFIG). */
  config: 78,
} as const;
