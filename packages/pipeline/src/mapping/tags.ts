import { cutText, listLimits, textLimits, textOf } from './bounded-text.ts';

/**
 * The tags for untrusted STIX `labels`: each once, in their order, trimmed. `dropped` counts what is
 * no text or too many, `cut` what is too long.
 */
export function tagsOf(labels: unknown): { tags: string[]; dropped: number; cut: number } {
  const tags: string[] = [];
  let dropped = 0;
  let cut = 0;
  if (!Array.isArray(labels)) return { tags, dropped, cut };
  for (let at = 0; at < labels.length; at += 1) {
    if (tags.length === listLimits.tags) {
      dropped += labels.length - at;
      break;
    }
    const label = textOf(labels[at]);
    if (label === undefined) {
      dropped += 1;
      continue;
    }
    const tag = cutText(label, textLimits.tag);
    if (tag !== label) cut += 1;
    if (!tags.includes(tag)) tags.push(tag);
  }
  return { tags, dropped, cut };
}
