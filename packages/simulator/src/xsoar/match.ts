import { type Ioc, stixIdsOf, tagsOf } from './ioc.ts';
import type { Query } from './query.ts';

const verdicts = ['unknown', 'good', 'suspicious', 'bad'];

/** The texts that a query's field looks at, lower-cased. */
function textsOf(ioc: Ioc, field: string): string[] {
  switch (field) {
    case '':
    case 'value':
      return [ioc.value.toLowerCase()];
    case 'id':
      return [ioc.id.toLowerCase()];
    case 'type':
    case 'indicator_type':
      return [ioc.indicator_type.toLowerCase()];
    case 'tags':
      return tagsOf(ioc).map((tag) => tag.toLowerCase());
    case 'stixid':
      return stixIdsOf(ioc).map((id) => id.toLowerCase());
    case 'score':
      return [String(ioc.score)];
    case 'reputation':
    case 'verdict':
      return [verdicts[ioc.score] ?? 'unknown', String(ioc.score)];
    default: {
      const known = Object.hasOwn(ioc, field) ? ioc[field] : undefined;
      const custom = Object.hasOwn(ioc.CustomFields, field) ? ioc.CustomFields[field] : undefined;
      const found = known ?? custom ?? ioc[sourceKeys.get(field) ?? ''];
      const list = Array.isArray(found) ? found : [found];
      return list
        .filter((item) => item !== undefined && item !== null)
        .map((item) => String(item).toLowerCase());
    }
  }
}

/** Keys of an object that queries spell in lower case. */
const sourceKeys: ReadonlyMap<string, string> = new Map([
  ['sourcebrands', 'sourceBrands'],
  ['sourceinstances', 'sourceInstances'],
  ['expirationstatus', 'expirationStatus'],
  ['manualscore', 'manualScore'],
]);

/** `*` stands for any text; matching is linear, without a regular expression. */
function fits(text: string, wanted: string): boolean {
  if (!wanted.includes('*')) return text === wanted;
  const parts = wanted.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let at = first.length;
  const limit = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > limit) return false;
    at = found + part.length;
  }
  return true;
}

/** Switches of the search. */
export interface MatchOptions {
  /** A quoted `value:` also finds values that merely contain the text, as an analysed field may. */
  looseValues: boolean;
}

/** True when the object matches the query. */
export function matches(query: Query, ioc: Ioc, options: MatchOptions): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'not':
      return !matches(query.query, ioc, options);
    case 'and':
      return query.queries.every((inner) => matches(inner, ioc, options));
    case 'or':
      return query.queries.some((inner) => matches(inner, ioc, options));
    case 'term': {
      const wanted = query.value.toLowerCase();
      const texts = textsOf(ioc, query.field);
      // A bare word is looked for anywhere in the value.
      if (query.field === '' || (query.field === 'value' && options.looseValues))
        return texts.some((text) => text.includes(wanted.replaceAll('*', '')));
      return texts.some((text) => (query.quoted ? text === wanted : fits(text, wanted)));
    }
  }
}
