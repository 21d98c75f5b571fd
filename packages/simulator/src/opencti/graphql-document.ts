/**
 * A reader for GraphQL documents, as much of the language as clients of OpenCTI use:
 * one operation, variables, aliases, arguments, nested fields and inline fragments.
 * Everything else (named fragments, directives, subscriptions) is a syntax error.
 */
export type Value =
  | { kind: 'literal'; value: unknown }
  | { kind: 'variable'; name: string }
  | { kind: 'list'; items: Value[] }
  | { kind: 'object'; fields: [string, Value][] };

export interface Field {
  kind: 'field';
  name: string;
  /** Key in the answer: the alias, or the name. */
  key: string;
  args: [string, Value][];
  selection: Selection[];
}

export type Selection = Field | { kind: 'on'; type: string; selection: Selection[] };

export interface Document {
  operation: 'query' | 'mutation';
  /** Declared variables that must be given (`!` and no default). */
  required: string[];
  defaults: Map<string, unknown>;
  selection: Selection[];
}

/** Raised for text that this reader does not understand. */
export class GraphqlSyntaxError extends Error {
  constructor(message: string) {
    super(`Syntax Error: ${message}`);
    this.name = 'GraphqlSyntaxError';
  }
}

const token =
  /[\s,]+|#[^\n]*|("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[!$()=:[\]{}|&@]|[_A-Za-z]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new GraphqlSyntaxError(`unexpected character at ${at}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

export function parseDocument(text: string): Document {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string => tokens[at] ?? '<end>';
  const take = (wanted?: string): string => {
    const found = peek();
    if (wanted !== undefined && found !== wanted)
      throw new GraphqlSyntaxError(`expected ${wanted}, found ${found}`);
    at += 1;
    return found;
  };
  const skip = (wanted: string): boolean => {
    if (peek() !== wanted) return false;
    at += 1;
    return true;
  };
  const name = (): string => {
    if (!/^[_A-Za-z]/.test(peek()))
      throw new GraphqlSyntaxError(`expected a name, found ${peek()}`);
    return take();
  };

  /** Passes over a type, which is not checked; true when it ends in `!`. */
  const type = (): boolean => {
    if (skip('[')) {
      type();
      take(']');
    } else name();
    return skip('!');
  };

  const value = (): Value => {
    const found = take();
    if (found === '$') return { kind: 'variable', name: name() };
    if (found === '[') {
      const items: Value[] = [];
      while (!skip(']')) items.push(value());
      return { kind: 'list', items };
    }
    if (found === '{') {
      const fields: [string, Value][] = [];
      while (!skip('}')) {
        const key = name();
        take(':');
        fields.push([key, value()]);
      }
      return { kind: 'object', fields };
    }
    if (found.startsWith('"""')) return { kind: 'literal', value: found.slice(3, -3) };
    if (/^["\d-]/.test(found)) return { kind: 'literal', value: JSON.parse(found) };
    if (found === 'true' || found === 'false') return { kind: 'literal', value: found === 'true' };
    if (found === 'null') return { kind: 'literal', value: null };
    // An enum value travels as its name.
    if (/^[_A-Za-z]/.test(found)) return { kind: 'literal', value: found };
    throw new GraphqlSyntaxError(`expected a value, found ${found}`);
  };

  const selection = (): Selection[] => {
    const list: Selection[] = [];
    take('{');
    while (!skip('}')) {
      if (skip('...')) {
        take('on');
        list.push({ kind: 'on', type: name(), selection: selection() });
        continue;
      }
      const first = name();
      const real = skip(':') ? name() : first;
      const args: [string, Value][] = [];
      if (skip('(')) {
        while (!skip(')')) {
          const key = name();
          take(':');
          args.push([key, value()]);
        }
      }
      const inner = peek() === '{' ? selection() : [];
      list.push({ kind: 'field', name: real, key: first, args, selection: inner });
    }
    return list;
  };

  const document: Document = {
    operation: 'query',
    required: [],
    defaults: new Map(),
    selection: [],
  };
  if (peek() !== '{') {
    const operation = name();
    if (operation !== 'query' && operation !== 'mutation')
      throw new GraphqlSyntaxError(`unexpected ${operation}`);
    document.operation = operation;
    if (peek() !== '(' && peek() !== '{') name();
    if (skip('(')) {
      while (!skip(')')) {
        take('$');
        const variable = name();
        take(':');
        const must = type();
        if (skip('=')) {
          const fallback = value();
          document.defaults.set(variable, fallback.kind === 'literal' ? fallback.value : null);
        } else if (must) document.required.push(variable);
      }
    }
  }
  document.selection = selection();
  if (peek() !== '<end>') throw new GraphqlSyntaxError(`unexpected ${peek()}`);
  return document;
}
