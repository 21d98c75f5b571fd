import { hostname, userInfo } from 'node:os';

/** Who gives the command, as it is written down with a hold: `user@host`. */
export function whoAmI(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
