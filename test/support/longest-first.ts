import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Directories by what a file in them takes, the longest first; by the clock of a run on two cores. */
const LONGEST = [
  ...['reconcile', 'faults', 'bench', 'model', 'xsoar-matrix', 'e2e', 'browser', 'bounce'],
  ...['cli', 'observability', 'opencti', 'queue'],
];

/** Where a file's directory is in the order; units, which take seconds in all, come last. */
function rankOf(file: string): number {
  const directory = /\/test\/([^/]+)\//.exec(file)?.[1];
  if (directory === undefined) return LONGEST.length + 1;
  const at = LONGEST.indexOf(directory);
  return at === -1 ? LONGEST.length : at;
}

/**
 * Starts what takes long before what does not, so that no worker is idle while the
 * other has its longest file still to do. vitest does so itself where it knows how
 * long files took the last time, which a fresh clone does not.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const known = await super.sort(files);
    // Stable: within a directory the order is vitest's.
    return known.sort((a, b) => rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}
