/**
 * The part of XSOAR's query language that API clients use: `field:value`, quoted
 * values with `\"` and `\\`, `and`, `or`, `not` and `-`, parentheses, `*`, bare words.
 * A space between two terms means `and`. Pure.
 */
export type Query =
  | { kind: 'all' }
  | { kind: 'term'; field: string; value: string; quoted: boolean }
  | { kind: 'not'; query: Query }
  | { kind: 'and' | 'or'; queries: Query[] };

/** Raised for a query that XSOAR would refuse with 400. */
export class QueryError extends Error {}

interface Token {
  kind: '(' | ')' | ':' | '-' | 'word' | 'quoted';
  text: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '(' || char === ')' || char === ':') {
      tokens.push({ kind: char, text: char });
      at += 1;
    } else if (char === '"') {
      let value = '';
      at += 1;
      while (at < text.length && text.charAt(at) !== '"') {
        if (text.charAt(at) === '\\') at += 1;
        value += text.charAt(at);
        at += 1;
      }
      if (at >= text.length) throw new QueryError('a quote is not closed');
      at += 1;
      tokens.push({ kind: 'quoted', text: value });
    } else if (char === '-' && !/[\s)]/.test(text.charAt(at + 1) || ' ')) {
      tokens.push({ kind: '-', text: char });
      at += 1;
    } else {
      const from = at;
      while (at < text.length && !/[\s():"]/.test(text.charAt(at))) at += 1;
      tokens.push({ kind: 'word', text: text.slice(from, at) });
    }
  }
  return tokens;
}

/** Parses a query; an empty one matches everything. */
export function parseQuery(text: string): Query {
  const tokens = tokenize(text);
  let at = 0;
  const isWord = (word: string): boolean => {
    const token = tokens[at];
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  };
  const joined = (kind: 'and' | 'or', queries: Query[]): Query => {
    const [only] = queries;
    return queries.length === 1 && only ? only : { kind, queries };
  };
  const ends = (): boolean => at >= tokens.length || tokens[at]?.kind === ')';

  const primary = (depth: number): Query => {
    if (depth > 100) throw new QueryError('too deeply nested');
    const token = tokens[at];
    at += 1;
    if (token?.kind === '-') return { kind: 'not', query: primary(depth + 1) };
    if (token?.kind === 'word' && token.text.toLowerCase() === 'not')
      return { kind: 'not', query: primary(depth + 1) };
    if (token?.kind === '(') {
      const inner = either(depth + 1);
      if (tokens[at]?.kind !== ')') throw new QueryError('a parenthesis is not closed');
      at += 1;
      return inner;
    }
    if (token?.kind !== 'word' && token?.kind !== 'quoted')
      throw new QueryError(`unexpected ${token?.text ?? 'end'}`);
    if (token.kind === 'word' && ['and', 'or'].includes(token.text.toLowerCase()))
      throw new QueryError(`unexpected ${token.text}`);
    if (tokens[at]?.kind !== ':')
      return { kind: 'term', field: '', value: token.text, quoted: token.kind === 'quoted' };
    at += 1;
    const field = token.text.toLowerCase();
    const value = tokens[at];
    if (value?.kind === '(') {
      at += 1;
      const list: Query[] = [];
      while (tokens[at] && tokens[at]?.kind !== ')') {
        const item = tokens[at];
        at += 1;
        if (item?.kind === 'word' && item.text.toLowerCase() === 'or') continue;
        list.push({
          kind: 'term',
          field,
          value: item?.text ?? '',
          quoted: item?.kind === 'quoted',
        });
      }
      if (!tokens[at] || list.length === 0) throw new QueryError('a parenthesis is not closed');
      at += 1;
      return joined('or', list);
    }
    at += 1;
    // A word after a colon may itself hold colons: IPv6 addresses, URLs.
    let text = value?.text ?? '';
    if (value?.kind === '-') text += tokens[at++]?.text ?? '';
    while (value?.kind !== 'quoted' && tokens[at]?.kind === ':') {
      at += 1;
      text += `:${tokens[at]?.kind === 'word' ? tokens[at++]?.text : ''}`;
    }
    if (!value || value.kind === ')') throw new QueryError(`no value for ${field}`);
    return { kind: 'term', field, value: text, quoted: value.kind === 'quoted' };
  };
  const both = (depth: number): Query => {
    const queries = [primary(depth)];
    while (!ends() && !isWord('or')) {
      if (isWord('and')) at += 1;
      queries.push(primary(depth));
    }
    return joined('and', queries);
  };
  function either(depth: number): Query {
    const queries = [both(depth)];
    while (isWord('or')) {
      at += 1;
      queries.push(both(depth));
    }
    return joined('or', queries);
  }

  if (tokens.length === 0) return { kind: 'all' };
  const query = either(0);
  if (at < tokens.length) throw new QueryError(`unexpected ${tokens[at]?.text}`);
  return query;
}

/** How many terms a query has; Elasticsearch refuses more than 1024. */
export function countTerms(query: Query): number {
  switch (query.kind) {
    case 'all':
      return 0;
    case 'term':
      return 1;
    case 'not':
      return countTerms(query.query);
    default:
      return query.queries.reduce((sum, inner) => sum + countTerms(inner), 0);
  }
}
