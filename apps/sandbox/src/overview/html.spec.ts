import { html } from './html';

describe('html', () => {
  it('escapes what is put in and keeps its own markup', () => {
    const inner = html`<b>${'<script>"&\''}</b>`;
    expect(html`<p>${[inner]}${null}</p>`.markup).toBe('<p><b>&lt;script&gt;&quot;&amp;&#39;</b></p>');
  });
});
