import { randomUUID } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';

export type TwilioForm = Record<string, string>;

export function encodeTwilioForm(form: TwilioForm): string {
  return new URLSearchParams(form).toString();
}

/** Headers of one webhook; the idempotency token stays the same over retries because the headers do. */
export function signedTwilioHeaders(
  authToken: string,
  url: string,
  form: TwilioForm,
): Record<string, string> {
  return {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'user-agent': 'TwilioProxy/1.1',
    'x-twilio-signature': getExpectedTwilioSignature(authToken, url, form),
    'i-twilio-idempotency-token': randomUUID(),
  };
}

/** `https://host/twilio?connection=1` and `/voice` give `https://host/twilio/voice?connection=1`. */
export function webhookUrlAt(base: string, path: string): string {
  const [address = '', query] = base.split('?', 2);
  const joined = address.replace(/\/+$/, '') + path;
  return query === undefined ? joined : `${joined}?${query}`;
}
