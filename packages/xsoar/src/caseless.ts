/**
 * The types whose values are the same whatever their case: names of hosts, addresses, digests and
 * the like. For the others (URL, Mutex, Account, addresses of crypto currencies, names of things)
 * a value in another case is another indicator, which we must not edit or delete.
 */
export const CASE_INSENSITIVE_TYPES: ReadonlySet<string> = new Set([
  'IP',
  'IPv6',
  'CIDR',
  'IPv6CIDR',
  'Domain',
  'DomainGlob',
  'Onion Address',
  'Host',
  'Email',
  'File',
  'ASN',
  'CVE',
  'Registry Key',
  'X509 Certificate',
]);

const LOWER_CASE_TYPES = new Set([...CASE_INSENSITIVE_TYPES].map((type) => type.toLowerCase()));

/**
 * Whether a value of this type, named in any case, means the same in any case. An ssdeep digest is
 * a File whose case does matter.
 */
export function isCaseless(type: string, value: string): boolean {
  const name = type.toLowerCase();
  return LOWER_CASE_TYPES.has(name) && !(name === 'file' && value.includes(':'));
}
