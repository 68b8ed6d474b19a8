import type { IdentityConfig } from '../config';
import { NothingToTestWith, NotTestable } from './system-config.errors';

/** A cheap question that only the holder of the value may ask. */
export interface Probe {
  url: string;
  headers: Record<string, string>;
}

type BaseUrls = Pick<
  IdentityConfig,
  'ANTHROPIC_BASE_URL' | 'RESEND_BASE_URL' | 'TWILIO_BASE_URL' | 'VAPI_BASE_URL' | 'STRIPE_BASE_URL'
>;

/** Other settings a probe needs, as stored. */
export type Stored = (key: string) => Promise<string | undefined>;

const ANTHROPIC_VERSION = '2023-06-01';

const at = (base: string | undefined, otherwise: string, path: string): string =>
  `${(base ?? otherwise).replace(/\/+$/, '')}${path}`;

const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });

/** @throws NotTestable */
export async function probeOf(key: string, value: string, urls: BaseUrls, stored: Stored): Promise<Probe> {
  switch (key) {
    case 'ANTHROPIC_API_KEY':
      return {
        url: at(urls.ANTHROPIC_BASE_URL, 'https://api.anthropic.com', '/v1/models?limit=1'),
        headers: { 'x-api-key': value, 'anthropic-version': ANTHROPIC_VERSION },
      };
    case 'RESEND_API_KEY':
      return { url: at(urls.RESEND_BASE_URL, 'https://api.resend.com', '/domains'), headers: bearer(value) };
    case 'VAPI_API_KEY':
      return { url: at(urls.VAPI_BASE_URL, 'https://api.vapi.ai', '/call?limit=1'), headers: bearer(value) };
    case 'STRIPE_SECRET_KEY':
      return {
        url: at(urls.STRIPE_BASE_URL, 'https://api.stripe.com', '/v1/balance'),
        headers: bearer(value),
      };
    case 'TWILIO_AUTH_TOKEN': {
      const sid = await stored('TWILIO_ACCOUNT_SID');
      if (!sid) throw new NotTestable('Set TWILIO_ACCOUNT_SID first: a token is good for one account');
      return twilioProbe(urls, sid, value);
    }
    case 'TWILIO_ACCOUNT_SID': {
      const token = await stored('TWILIO_AUTH_TOKEN');
      if (!token) throw new NothingToTestWith('Its token proves an account, and none is stored yet');
      return twilioProbe(urls, value, token);
    }
    default:
      throw new NotTestable('There is nobody to ask about this setting');
  }
}

const twilioProbe = (urls: BaseUrls, sid: string, token: string): Probe => ({
  url: at(
    urls.TWILIO_BASE_URL,
    'https://api.twilio.com',
    `/2010-04-01/Accounts/${sid}/Calls.json?PageSize=1`,
  ),
  headers: { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` },
});
