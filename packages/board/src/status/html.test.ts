import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('the markup tag', () => {
  it('keeps its own markup and escapes what is put in', () => {
    const text = `<img src=x onerror="alert('1')"> & co`;
    expect(html`<b title="${text}">${text}</b>`.markup).toBe(
      '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co</b>',
    );
  });

  it('puts markup into markup once', () => {
    const inner = html`<i>${'<'}</i>`;
    expect(html`<p>${inner}${[inner, ' ', 1]}</p>`.markup).toBe('<p><i>&lt;</i><i>&lt;</i> 1</p>');
  });

  it('writes nothing for null, and zero for zero', () => {
    expect(html`<p>${null}${0}</p>`.markup).toBe('<p>0</p>');
  });

  it('lets no text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inside = html`${text}`.markup;
        expect(inside).not.toMatch(/[<>"']/);
        const back = inside
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        expect(back).toBe(text);
      }),
    );
  });
});
