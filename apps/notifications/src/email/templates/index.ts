import type { EmailRequestedV1, EmailTemplate } from '@parley/contracts';
import { toHtml, toText } from './layout';
import { erasureDone } from './erasure-done';
import { exportReady } from './export-ready';
import { passwordChanged } from './password-changed';
import { resetPassword } from './reset-password';
import type { Template } from './template';
import { verifyEmail } from './verify-email';

const TEMPLATES: Record<EmailTemplate, Template> = {
  verify_email: verifyEmail,
  reset_password: resetPassword,
  password_changed: passwordChanged,
  export_ready: exportReady,
  erasure_done: erasureDone,
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
