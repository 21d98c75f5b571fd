/** A STIX string literal: backslashes and single quotes are escaped. */
export function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `path = 'value'`. */
export function equals(path: string, value: string): string {
  return `${path} = ${quote(value)}`;
}

/**
 * One observation over comparisons joined by OR, as OpenCTI writes hash sets. `spaces`
 * before the bracket make another pattern, hence another indicator, of the same
 * meaning: that is how two indicators come to share a value.
 */
export function observation(comparisons: readonly string[], spaces = 0): string {
  return `[${comparisons.join(' OR ')}${' '.repeat(spaces)}]`;
}
