import type { EmailRequestedV1, EmailTemplate, Locale } from '@parley/contracts';
import { impersonationStarted } from './impersonation-started';
import { toHtml, toText } from './layout';
import { erasureAsked } from './erasure-asked';
import { erasureDone } from './erasure-done';
import { exportReady } from './export-ready';
import { mfaFactorAdded, mfaFactorRemoved, mfaRecoveryCodesRenewed, mfaReset } from './mfa';
import { invitation } from './invitation';
import { passwordChanged } from './password-changed';
import { privacyRefused } from './privacy-refused';
import { registrationAttempted } from './registration-attempted';
import { resetPassword } from './reset-password';
import { sessionReused } from './session-reused';
import { setPassword } from './set-password';
import type { EmailText, Template } from './template';
import { verifyEmail } from './verify-email';

const TEMPLATES: Record<EmailTemplate, Template> = {
  verify_email: verifyEmail,
  reset_password: resetPassword,
  set_password: setPassword,
  password_changed: passwordChanged,
  registration_attempted: registrationAttempted,
  session_reused: sessionReused,
  export_ready: exportReady,
  erasure_done: erasureDone,
  erasure_asked: erasureAsked,
  privacy_refused: privacyRefused,
  mfa_factor_added: mfaFactorAdded,
  mfa_factor_removed: mfaFactorRemoved,
  mfa_recovery_codes_renewed: mfaRecoveryCodesRenewed,
  mfa_reset: mfaReset,
  impersonation_started: impersonationStarted,
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
  return renderText(mail, locale, link);
}

export const renderText = (mail: EmailText, locale: Locale, link?: string): RenderedEmail => ({
  subject: mail.subject,
  html: toHtml(mail, locale, link),
  text: toText(mail, link),
});
