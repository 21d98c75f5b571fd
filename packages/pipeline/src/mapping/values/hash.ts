import { hexDigit } from './ip-address.ts';

/** The hash algorithms that XSOAR has a field for. */
export type HashAlgorithm = 'sha256' | 'sha1' | 'md5' | 'sha512' | 'ssdeep' | 'imphash';

/**
 * Which hash names a file in XSOAR, best first. An import hash is missing: many files share one, so
 * it is a field of a file and never a file of its own.
 */
export const primaryOrder = ['sha256', 'sha1', 'md5', 'sha512', 'ssdeep'] as const;
/** An algorithm whose digest can be the value of a File indicator. */
export type PrimaryAlgorithm = (typeof primaryOrder)[number];

const hexLengths = { md5: 32, sha1: 40, sha256: 64, sha512: 128, imphash: 32 } as const;

const byLength = new Map<number, 'md5' | 'sha1' | 'sha256' | 'sha512'>([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);

const byName = new Map<string, HashAlgorithm>([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha512', 'sha512'],
  ['ssdeep', 'ssdeep'],
  ['imphash', 'imphash'],
]);

// The spellings of the STIX vocabulary, to spare nearly all patterns the work below.
const usual = new Map<string, HashAlgorithm>([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
  ['SSDEEP', 'ssdeep'],
]);

/**
 * The algorithm behind a hash key as patterns spell it: `SHA-256`, `sha256`, `SHA_256`, `"SHA-256"`.
 * Null for one that XSOAR has no field for (SHA-384, SHA3, TLSH).
 */
export function algorithmOf(spelling: string): HashAlgorithm | null {
  const known = usual.get(spelling);
  if (known !== undefined) return known;
  if (spelling.length > 16) return null;
  let name = '';
  for (const character of spelling.toLowerCase()) {
    if (!` -_'"`.includes(character)) name += character;
  }
  return byName.get(name) ?? null;
}

/**
 * A digest of the algorithm in lower case, or why it is none. One whose length is that of another
 * algorithm is taken as that one (`relabelled`): feeds mix up the names, hardly ever the digits.
 */
export function readDigest(
  algorithm: HashAlgorithm,
  text: string,
): { algorithm: HashAlgorithm; digest: string; relabelled: boolean } | { bad: string } {
  if (algorithm === 'ssdeep') {
    const valid = text.length <= 200 && isSsdeep(text);
    return valid ? { algorithm, digest: text, relabelled: false } : { bad: 'not an ssdeep hash' };
  }
  const fitting = isHex(text) ? byLength.get(text.length) : undefined;
  if (fitting === undefined) return { bad: `not a hash of ${hexLengths[algorithm]} hex digits` };
  const digest = text.toLowerCase();
  if (hexLengths[algorithm] === text.length) return { algorithm, digest, relabelled: false };
  // An import hash of another length says nothing about which file it is.
  if (algorithm === 'imphash') return { bad: 'not a hash of 32 hex digits' };
  return { algorithm: fitting, digest, relabelled: true };
}

function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (hexDigit(text.charCodeAt(at)) < 0) return false;
  }
  return true;
}

/** `block size:hash:hash`. */
function isSsdeep(text: string): boolean {
  const first = text.indexOf(':');
  const second = text.indexOf(':', first + 1);
  if (first < 1 || second < 0 || text.includes(' ')) return false;
  for (let at = 0; at < first; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return text.length > second + 1 || second > first + 1;
}
