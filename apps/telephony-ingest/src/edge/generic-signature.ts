import { createHmac } from 'node:crypto';
import { sameText } from './same-text';
import type { Credentials, WebhookRequest } from './webhook';

/** Design 002's signature: `sha256=` and the hex HMAC-SHA256 of the raw body. It has no age (C-35). */
export function verifyGeneric({ headers, body }: WebhookRequest, { secrets }: Credentials): boolean {
  const given = [headers['x-webhook-signature'], headers['x-signature']].find(
    (value): value is string => typeof value === 'string' && value.startsWith('sha256='),
  );
  if (given === undefined) return false;
  return secrets.some(
    ({ webhookSecret }) =>
      webhookSecret !== undefined &&
      sameText(given, `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`),
  );
}
