import { EMAIL_TEMPLATES, emailRequestedV1 } from '@parley/contracts';
import { renderEmail } from '.';

const REQUEST = emailRequestedV1.sample;
const LINK = REQUEST.link ?? '';
const WITH_LINK = [
  'verify_email',
  'reset_password',
  'registration_attempted',
  'set_password',
  'invitation',
  'export_ready',
  'erasure_done',
  'erasure_asked',
  'privacy_refused',
];

describe.each(EMAIL_TEMPLATES)('the mail %s', (template) => {
  it.each(['en', 'fr'] as const)('in %s greets, and says the same in HTML and as text', (locale) => {
    const { subject, html, text } = renderEmail({ ...REQUEST, template, locale });
    expect(subject).toMatch(/\S/);
    expect(html).toContain(`lang="${locale}-CA"`);
    for (const body of [html, text]) expect(body).toContain('Élise Tremblay');
    for (const body of [html, text]) expect(body.includes(LINK)).toBe(WITH_LINK.includes(template));
  });

  it('says something else in each language', () => {
    const [en, fr] = (['en', 'fr'] as const).map((locale) => renderEmail({ ...REQUEST, template, locale }));
    expect(en?.subject).not.toBe(fr?.subject);
  });
});

describe('a mail', () => {
  it('takes a name as a name, never as markup', () => {
    const name = `<img src=x onerror="alert('1')">&`;
    const { html, subject } = renderEmail({ ...REQUEST, name });
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(subject).not.toContain('img');
  });

  it.each(['en', 'fr'] as const)('tells in %s who acts for support, why and how long', (locale) => {
    const facts = { actor: 'Root <root>', reason: 'Ticket 4711 & co', validMinutes: 30 };
    const { html, text } = renderEmail({ ...REQUEST, template: 'impersonation_started', locale, ...facts });
    for (const words of ['Root <root>', 'Ticket 4711 & co', '30\u00a0minutes']) expect(text).toContain(words);
    expect(html).toContain('Root &lt;root&gt;');
  });

  it.each([
    ['en', 4320, '72\u00a0hours'],
    ['fr', 4320, '72\u00a0heures'],
  ] as const)('tells in %s which company is to be erased, and when', (locale, validMinutes, words) => {
    const facts = { tenantName: 'Toitures Roy', validMinutes };
    const { text, subject } = renderEmail({ ...REQUEST, template: 'erasure_asked', locale, ...facts });
    for (const told of ['Toitures Roy', words]) expect(text).toContain(told);
    expect(subject).not.toContain('Toitures Roy');
  });

  it.each(['en', 'fr'] as const)('tells in %s who registers again where to sign in', (locale) => {
    const signInLink = 'https://app.example.com/login';
    const { html, text } = renderEmail({
      ...REQUEST,
      template: 'registration_attempted',
      locale,
      signInLink,
    });
    for (const body of [html, text]) expect(body).toContain(signInLink);
  });

  it.each([
    ['en', 'is linked to Facebook'],
    ['fr', 'est lié à Facebook'],
  ] as const)('names in %s the provider that a link would let in', (locale, words) => {
    expect(renderEmail({ ...REQUEST, locale, provider: 'facebook' }).text).toContain(words);
    expect(renderEmail({ ...REQUEST, locale }).text).not.toContain('Facebook');
  });

  it('escapes its link', () => {
    const { html } = renderEmail({ ...REQUEST, link: 'https://app.example.com/?a=1&b="><script>' });
    expect(html).not.toContain('<script>');
    expect(html).toContain('href="https://app.example.com/?a=1&amp;b=&quot;&gt;&lt;script&gt;"');
  });

  it.each([
    [60, 'fr', '1\u00a0heure'],
    [1440, 'fr', '24\u00a0heures'],
    [90, 'en', '90\u00a0minutes'],
    [60, 'en', '1\u00a0hour'],
  ] as const)('says %i minutes in %s as %s', (validMinutes, locale, words) => {
    expect(renderEmail({ ...REQUEST, validMinutes, locale }).text).toContain(words);
  });
});
