/** A copy of a tree without its positions, for comparing what two trees mean. */
export function withoutOffsets(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutOffsets);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'offset')
      .map(([key, value]) => [key, withoutOffsets(value)]),
  );
}
