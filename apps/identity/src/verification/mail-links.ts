import type { IdentityConfig } from '../config';
import type { TokenPurpose } from './verification-token';

const LOCAL_APP = 'http://localhost:5173';

/** What a link in a mail is for. */
export type LinkPurpose = TokenPurpose | 'invitation';

const PAGES: Record<LinkPurpose, string> = {
  verify_email: 'verify-email',
  reset_password: 'reset-password',
  set_password: 'set-password',
  invitation: 'accept-invitation',
};

export type MailLinks = (purpose: LinkPurpose, token: string) => string;

/** @throws Error when mails of production would lead nowhere */
export function appAddress({ NODE_ENV, APP_URL }: Pick<IdentityConfig, 'NODE_ENV' | 'APP_URL'>): string {
  if (NODE_ENV === 'production' && !APP_URL)
    throw new Error('identity cannot start: APP_URL is not set, and links in mails would lead nowhere');
  return (APP_URL ?? LOCAL_APP).replace(/\/+$/, '');
}

export const signInPage = (config: Pick<IdentityConfig, 'NODE_ENV' | 'APP_URL'>): string =>
  `${appAddress(config)}/login`;

/** @throws Error when mails of production would lead nowhere */
export function mailLinks(config: Pick<IdentityConfig, 'NODE_ENV' | 'APP_URL'>): MailLinks {
  const app = appAddress(config);
  return (purpose, token) => `${app}/${PAGES[purpose]}?token=${token}`;
}
