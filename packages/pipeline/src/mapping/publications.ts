import { cutText, listLimits, textLimits, textOf } from './bounded-text.ts';

/** One row of XSOAR's grid field `publications`; the keys are the grid's columns. */
export interface Publication {
  title: string;
  source: string;
  link?: string;
  timestamp?: string;
}

/**
 * The rows for an untrusted `external_references`: title is the description, else the external id,
 * else the source name. Only http and https links are taken, because analysts click them. `dropped`
 * counts references that say nothing usable or are too many, `unsafe` the links left away.
 */
export function publicationsOf(references: unknown): {
  publications: Publication[];
  dropped: number;
  unsafe: number;
} {
  const publications: Publication[] = [];
  let dropped = 0;
  let unsafe = 0;
  if (!Array.isArray(references)) return { publications, dropped, unsafe };
  for (let at = 0; at < references.length; at += 1) {
    if (publications.length === listLimits.publications) {
      dropped += references.length - at;
      break;
    }
    const reference: unknown = references[at];
    const row = rowOf(reference);
    if (row === null) dropped += 1;
    else {
      publications.push(row.publication);
      if (row.unsafe) unsafe += 1;
    }
  }
  return { publications, dropped, unsafe };
}

function rowOf(reference: unknown): { publication: Publication; unsafe: boolean } | null {
  if (typeof reference !== 'object' || reference === null) return null;
  const source = textOf(property(reference, 'source_name'));
  const url = textOf(property(reference, 'url'));
  const title =
    textOf(property(reference, 'description')) ??
    textOf(property(reference, 'external_id')) ??
    source ??
    url;
  if (title === undefined) return null;
  const publication: Publication = {
    title: cutText(title, textLimits.publicationTitle),
    source: cutText(source ?? '', textLimits.publicationSource),
  };
  if (url === undefined) return { publication, unsafe: false };
  const safe = isWebLink(url);
  if (safe) publication.link = url;
  return { publication, unsafe: !safe };
}

function property(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name];
}

/** Whether a link is an http or https address that a browser may be sent to. */
export function isWebLink(url: string): boolean {
  if (url.length > textLimits.link) return false;
  const scheme = url.slice(0, 8).toLowerCase();
  return scheme.startsWith('https://') || scheme.startsWith('http://');
}
