import type { PathStep } from '@xsoar-intel/stix-pattern';

/** A path that ends in a hash of an object: `hashes.'SHA-256'`, `image_ref.hashes.MD5`. */
export interface HashPath {
  /** The algorithm as the pattern spells it. */
  algorithm: string;
  /** The path of the object that has the hash; empty for the observable itself. */
  holder: string;
}

/**
 * Reads a path as that of an object's hash, or returns null. Hashes behind a reference are those of
 * the object it leads to; hashes elsewhere, such as of a section of an executable, are of a part.
 */
export function hashPathOf(steps: readonly PathStep[]): HashPath | null {
  const { length } = steps;
  const last = steps[length - 1];
  const parent = steps[length - 2];
  if (last?.kind !== 'property' || parent?.kind !== 'property' || parent.name !== 'hashes') {
    return null;
  }
  if (length === 2) return { algorithm: last.name, holder: '' };
  const at = steps[length - 3]?.kind === 'index' ? length - 4 : length - 3;
  const reference = steps[at];
  if (reference?.kind !== 'property') return null;
  if (!reference.name.endsWith('_ref') && !reference.name.endsWith('_refs')) return null;
  return { algorithm: last.name, holder: holderText(steps) };
}

function holderText(steps: readonly PathStep[]): string {
  let text = '';
  for (const step of steps.slice(0, -2)) {
    text += step.kind === 'property' ? `.${step.name}` : `[${step.index}]`;
  }
  return text;
}
