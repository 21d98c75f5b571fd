import type { HashAlgorithm } from '../values/hash.ts';

/** One digest that a pattern states. */
export interface Hash {
  algorithm: HashAlgorithm;
  digest: string;
  offset: number;
}

/**
 * Which hashes of one observation belong to one file. Different algorithms are one file, because
 * that is how OpenCTI writes a file with several hashes (`MD5 = .. OR SHA-1 = .. OR SHA-256 = ..`).
 *
 * Where an algorithm repeats there are several files. If the hashes come in rounds of the same
 * algorithms (MD5, SHA-256, MD5, SHA-256) each round is a file. Otherwise nothing says which belong
 * together, and each hash stands alone: a wrong pair would be a false statement about two files.
 */
export function groupHashes(hashes: readonly Hash[]): Hash[][] {
  const distinct = withoutRepeats(hashes);
  const rounds: Hash[][] = [];
  let round: Hash[] = [];
  for (const hash of distinct) {
    if (round.some(({ algorithm }) => algorithm === hash.algorithm)) {
      rounds.push(round);
      round = [];
    }
    round.push(hash);
  }
  if (round.length > 0) rounds.push(round);
  const [first] = rounds;
  if (first === undefined || rounds.length === 1) return rounds;
  const alike = rounds.every((other) => sameAlgorithms(first, other));
  return alike ? rounds : distinct.map((hash) => [hash]);
}

function withoutRepeats(hashes: readonly Hash[]): Hash[] {
  if (hashes.length < 2) return [...hashes];
  const seen = new Set<string>();
  return hashes.filter(({ algorithm, digest }) => {
    const key = `${algorithm}:${digest}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function sameAlgorithms(one: readonly Hash[], other: readonly Hash[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ algorithm }) => other.some((hash) => hash.algorithm === algorithm))
  );
}
