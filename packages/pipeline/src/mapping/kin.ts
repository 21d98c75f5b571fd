/**
 * One value under several types, such as a Domain and a Host of the same name. OpenCTI keeps them
 * apart, and so do our records; XSOAR's real key is the value, so there they are one indicator.
 */
import { xsoarNeeds } from './needs.ts';

/** The types that a value may have; types of the user's own are not among them. */
export const KIN_TYPES: readonly string[] = xsoarNeeds({}).types;

/** What keys of one value share, whatever their types. */
export function untypedKey(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

/** The keys under which the same value would be of another of these types. */
export function kinKeys(key: string): string[] {
  const value = untypedKey(key);
  return KIN_TYPES.map((type) => `${type}:${value}`).filter((other) => other !== key);
}
