const digestNames = new Map([
  [32, 'MD5'],
  [40, "'SHA-1'"],
  [64, "'SHA-256'"],
  [128, "'SHA-512'"],
]);

/** The pattern that names a value which somebody gave alone; null for what is no usual value. */
export function patternOfValue(text: string): string | null {
  if (/\s/.test(text) || text.includes("'") || text.includes('\\')) return null;
  const path = pathFor(text);
  return path === null ? null : `[${path} = '${text}']`;
}

function pathFor(text: string): string | null {
  if (/^[0-9a-f]+$/i.test(text)) {
    const name = digestNames.get(text.length);
    return name === undefined ? null : `file:hashes.${name}`;
  }
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(text)) return 'ipv4-addr:value';
  if (/^[0-9a-f]{0,4}:[0-9a-f:.]*:[0-9a-f.]*(?:\/\d{1,3})?$/i.test(text)) return 'ipv6-addr:value';
  if (/^[a-z]{2,10}:\/\/\S/i.test(text)) return 'url:value';
  if (/^[^@/:]+@[^@/:]+\.[a-z]+$/i.test(text)) return 'email-addr:value';
  if (/^CVE-\d{4}-\d+$/i.test(text)) return 'vulnerability:name';
  if (/^[\p{L}\d][\p{L}\d_.-]*\.\p{L}{2,}$/u.test(text)) return 'domain-name:value';
  return null;
}
