/** Markup that is safe to send: made by {@link html} only, which escapes what is put in. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

/** What can be put into markup. Text is escaped, lists are joined, null is nothing. */
export type Content = Html | string | number | null | readonly Content[];

/**
 * A template tag: the literal parts are markup, everything put in is text unless
 * it is {@link Html} itself. Safe between tags and inside quoted attributes; never
 * put anything into a script, a style, or an attribute without quotes.
 */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(
    parts.reduce((markup, part, index) => markup + render(contents[index - 1] ?? null) + part),
  );
}

function render(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.markup;
  if (typeof content === 'object') return content.map(render).join('');
  return escapeText(String(content));
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '');
}
