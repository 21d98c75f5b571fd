import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a program that tests can do without; null where the PATH has none: they skip, saying so.
 * With CI=true it throws instead, since a test that always skips guards nothing.
 */
export function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const places = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = places.find((place) => existsSync(place)) ?? null;
  if (found === null && env.CI === 'true') {
    throw new Error(
      `${name} is not on the PATH, and with CI=true no test skips for it. "npm test" installs it as root where apt-get is.`,
    );
  }
  return found;
}
