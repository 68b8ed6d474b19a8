import { defineEvent } from '../event';
import { Email, HttpUrl, Int, OneOf, Text, Uuid } from '../fields';
import { SOCIAL_PROVIDERS, type SocialProviderName } from './social';

export const EMAIL_TEMPLATES = [
  'verify_email',
  'reset_password',
  'set_password',
  'password_changed',
  'registration_attempted',
  'session_reused',
  'mfa_factor_added',
  'mfa_factor_removed',
  'mfa_recovery_codes_renewed',
  'mfa_reset',
  'impersonation_started',
  'invitation',
  'export_ready',
  'erasure_done',
  'erasure_asked',
  'privacy_refused',
] as const;
export type EmailTemplate = (typeof EMAIL_TEMPLATES)[number];

/** Personal data, and with `link` a secret: never to be logged. */
export class EmailRequestedV1 {
  @Uuid({ description: 'Whose account it is about; of an invitation, who invited' }) userId: string;
  @OneOf(EMAIL_TEMPLATES) template: EmailTemplate;
  @Email() to: string;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Text({ max: 200 }) name: string;
  @HttpUrl({ optional: true, description: 'What the mail is for, with a token good for one use' })
  link?: string;
  @HttpUrl({ optional: true, description: 'Where one signs in, for mails that tell of an account one has' })
  signInLink?: string;
  @Int({ optional: true, min: 1, description: 'How long the link, or what is told of, is good for' })
  validMinutes?: number;
  @Text({ optional: true, max: 200, description: 'Who did what the mail tells of' }) actor?: string;
  @Text({ optional: true, max: 500, description: 'Why they did it' }) reason?: string;
  @Text({ optional: true, max: 200, description: 'The tenant it is about' }) tenantName?: string;
  @OneOf(SOCIAL_PROVIDERS, { optional: true, description: 'Whose account is linked' })
  provider?: SocialProviderName;
  @Text({ optional: true, max: 200, description: 'Who invited' }) invitedByName?: string;
}

export const emailRequestedV1 = defineEvent({
  type: 'identity.email.requested.v1',
  producer: 'identity',
  description: 'Somebody is to get a mail about their account. Notifications renders and sends it.',
  payload: EmailRequestedV1,
  sample: {
    userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
    template: 'verify_email',
    to: 'elise@plomberie-tremblay.ca',
    locale: 'fr',
    name: 'Élise Tremblay',
    link: 'https://app.example.com/verify-email?token=vt_example',
    validMinutes: 1440,
  },
});
