import type { NotificationsConfig } from '../config';

export interface MailEndpoint {
  readonly apiKey: string;
  readonly baseUrl: string;
}

const RESEND = 'https://api.resend.com';
const LOCAL_SANDBOX = 'http://127.0.0.1:4010';

type EndpointSettings = Pick<
  NotificationsConfig,
  'NODE_ENV' | 'RESEND_API_KEY' | 'RESEND_BASE_URL' | 'SANDBOX_URL' | 'ALLOW_SANDBOX'
>;

/** @throws Error when production would drop its mail into the sandbox unasked */
export function mailEndpoint(config: EndpointSettings): MailEndpoint {
  const { RESEND_API_KEY: apiKey, RESEND_BASE_URL = RESEND } = config;
  if (apiKey) return { apiKey, baseUrl: trimmed(RESEND_BASE_URL) };
  if (config.NODE_ENV === 'production' && !config.ALLOW_SANDBOX) {
    throw new Error(
      'notifications cannot start: RESEND_API_KEY is not set, and production mails to the sandbox only with ALLOW_SANDBOX=true',
    );
  }
  return { apiKey: 'sandbox', baseUrl: `${trimmed(config.SANDBOX_URL ?? LOCAL_SANDBOX)}/resend` };
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');
