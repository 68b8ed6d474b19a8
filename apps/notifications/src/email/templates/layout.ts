import type { Locale } from '@parley/contracts';
import type { EmailText } from './template';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in double quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (each) => ESCAPES[each] ?? each);

const FONT = 'font-family:Helvetica,Arial,sans-serif;color:#1f2933';

export function toHtml(mail: EmailText, locale: Locale, link: string | undefined): string {
  const paragraph = (text: string): string =>
    `<p style="font-size:16px;line-height:24px">${escapeHtml(text)}</p>`;
  const note = (text: string): string =>
    `<p style="font-size:13px;line-height:20px;color:#52606d">${escapeHtml(text)}</p>`;
  const lines = [
    ...[mail.greeting, ...mail.paragraphs].map(paragraph),
    ...(link && mail.action ? [button(mail.action, link)] : []),
    ...mail.notes.map(note),
  ];
  return [
    '<!doctype html>',
    `<html lang="${locale === 'fr' ? 'fr-CA' : 'en-CA'}"><head><meta charset="utf-8">`,
    `<title>${escapeHtml(mail.subject)}</title></head>`,
    `<body style="margin:0;padding:24px;${FONT}"><div style="max-width:560px;margin:0 auto">`,
    ...lines,
    '</div></body></html>',
  ].join('\n');
}

export function toText(mail: EmailText, link: string | undefined): string {
  const lines = [mail.greeting, ...mail.paragraphs];
  if (link && mail.action) lines.push(`${mail.action}:\n${link}`);
  return `${[...lines, ...mail.notes, '— Parley'].join('\n\n')}\n`;
}

/** The address is shown too, for programs that show no links. */
function button(label: string, link: string): string {
  const href = escapeHtml(link);
  const style =
    'display:inline-block;padding:12px 20px;background:#1d4ed8;color:#ffffff;border-radius:6px;text-decoration:none';
  return `<p><a href="${href}" style="${style}">${escapeHtml(label)}</a></p>
<p style="font-size:13px;line-height:20px;word-break:break-all">${href}</p>`;
}
