/** Moments and foreign text as markup; the words themselves are the pipeline's. */
import { words } from '@xsoar-intel/pipeline';
import { type Html, html } from './html.ts';

const { ago, instant } = words;

/** A moment as its distance from `now`; the tooltip has the moment itself. */
export function moment(at: number, now: number): Html {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return html`<span>unknown</span>`;
  return html`<time datetime="${date.toISOString()}" title="${instant(at)}">${ago(now - at)}</time>`;
}

/** Text from outside: the direction of its letters cannot disturb what stands beside it. */
export function foreign(text: string, limit = 300): Html {
  const shown = text.length <= limit ? text : `${text.slice(0, limit)}…`;
  return html`<bdi>${shown}</bdi>`;
}
