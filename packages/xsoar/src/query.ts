/** A text as a quoted term of XSOAR's query language: `\` and `"` are escaped. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Finds indicators whose top-level field holds this text. */
export function fieldClause(field: string, text: string): string {
  return `${field}:${quoted(text)}`;
}

/** Finds the indicator with this id. */
export function idClause(id: string): string {
  return `id:${quoted(id)}`;
}

/**
 * Finds indicators with this value, among others: XSOAR may compare analysed
 * words and ignore case, so the answer must be filtered.
 */
export function valueClause(value: string): string {
  return `value:${quoted(value)}`;
}

/** Finds indicators whose field `stixid` names this STIX id, alone or among others. */
export function stixIdClause(stixId: string): string {
  return `stixid:${quoted(stixId)}`;
}

/** The indicator with this id, unless its value has become another. See valueClause. */
export function idAndValueClause(id: string, value: string): string {
  return `(${idClause(id)} and ${valueClause(value)})`;
}

/** Whatever any of the clauses finds. */
export function anyOf(clauses: readonly string[]): string {
  return clauses.join(' or ');
}
