/** Tells whether a label is one of a list. */
export type LabelMatcher = (label: string) => boolean;

/** A matcher for labels in any case; an entry that ends in `*` takes every label that begins so. */
export function labelMatcher(entries: readonly string[]): LabelMatcher {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const entry of entries) {
    const text = entry.trim().toLowerCase();
    if (text.endsWith('*')) prefixes.push(text.slice(0, -1));
    else if (text !== '') exact.add(text);
  }
  return (label) => {
    const text = label.trim().toLowerCase();
    return exact.has(text) || prefixes.some((prefix) => text.startsWith(prefix));
  };
}
