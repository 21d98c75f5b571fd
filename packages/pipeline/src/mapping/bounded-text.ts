/** Longest text of each kind that is sent, in UTF-16 code units. */
export const textLimits = {
  value: 8_192,
  description: 16_384,
  tag: 256,
  author: 512,
  publicationTitle: 1_024,
  publicationSource: 256,
  link: 4_096,
  detail: 300,
  shownValue: 256,
} as const;

/** Most entries of each list that are sent. */
export const listLimits = {
  tags: 200,
  publications: 100,
  phases: 50,
  markings: 100,
  observableValues: 100,
  /** File names, ports or registry values beside one indicator. */
  details: 100,
  leftOut: 200,
  notes: 200,
} as const;

/**
 * The text of an untrusted value, trimmed, with lone surrogates replaced (XSOAR's JSON decoder would
 * do it anyway, and what is stored would differ from what was sent); undefined if there is none.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return undefined;
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** The text cut to `max` code units, never through a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? max - 1 : max);
}
