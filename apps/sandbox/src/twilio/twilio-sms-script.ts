import { smsSegments } from './sms-segments';
import type { TwilioForm } from './twilio-signature';

export interface InboundSms {
  accountSid: string;
  messageSid: string;
  from: string;
  to: string;
  body: string;
}

/** An SMS somebody sent to one of our numbers. */
export function inboundSmsForm({ accountSid, messageSid, from, to, body }: InboundSms): TwilioForm {
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    MessageSid: messageSid,
    SmsSid: messageSid,
    SmsMessageSid: messageSid,
    SmsStatus: 'received',
    From: from,
    To: to,
    Body: body,
    NumMedia: '0',
    NumSegments: String(smsSegments(body)),
    FromCity: 'QUÉBEC',
    FromState: 'QC',
    FromZip: '',
    FromCountry: 'CA',
    ToCity: '',
    ToState: 'QC',
    ToZip: '',
    ToCountry: 'CA',
  };
}
