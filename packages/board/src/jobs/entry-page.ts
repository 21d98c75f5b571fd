/**
 * Bull Board's page without what a strict policy refuses: the style sheet of
 * Google Fonts (which would tell Google who looks at the board) and the inline
 * styles of the dots that blink while its program loads.
 */
export function strictEntryPage(page: string): string {
  return page
    .replace(/<link\b[^>]*\bhref="https?:[^>]*>/g, '')
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(/ style="[^"]*"/g, '');
}
