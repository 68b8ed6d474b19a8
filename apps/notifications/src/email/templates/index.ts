import type { EmailRequestedV1, EmailTemplate } from '@parley/contracts';
import { toHtml, toText } from './layout';
import { invitation } from './invitation';
import { passwordChanged } from './password-changed';
import { resetPassword } from './reset-password';
import { setPassword } from './set-password';
import type { Template } from './template';
import { verifyEmail } from './verify-email';

const TEMPLATES: Record<EmailTemplate, Template> = {
  verify_email: verifyEmail,
  reset_password: resetPassword,
  set_password: setPassword,
  password_changed: passwordChanged,
  invitation,
};

export interface RenderedEmail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export function renderEmail(request: EmailRequestedV1): RenderedEmail {
  const { template, locale, link } = request;
  const mail = TEMPLATES[template][locale](request);
  return { subject: mail.subject, html: toHtml(mail, locale, link), text: toText(mail, link) };
}
