import { createHmac } from 'node:crypto';
import type { PayloadFormat } from '@parley/contracts';
import { Webhook } from 'standardwebhooks';
import { withSignature } from './n8n.format';

export interface SigningInput {
  readonly id: string;
  readonly format: PayloadFormat;
  /** The stored text. */
  readonly body: string;
  /** The current secret first; a second one while a rotation lasts. None for unsigned `flat` endpoints. */
  readonly secrets: readonly string[];
  /** This attempt's time, not the event's. */
  readonly at: Date;
}

export interface SignedRequest {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/**
 * The bytes and headers of one attempt. Every signed endpoint gets the Standard Webhooks headers; `n8n` and `flat`
 * also get their design's own signature, which knows one secret only: the current one.
 */
export function signedRequest({ id, format, body: stored, secrets, at }: SigningInput): SignedRequest {
  const [secret] = secrets;
  const own = secret === undefined ? undefined : hexSignature(secret, stored);
  const body = format === 'n8n' && own !== undefined ? withSignature(stored, own) : stored;
  const headers: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  };
  if (own !== undefined) {
    headers['webhook-signature'] = secrets.map((key) => webhookOf(key).sign(id, at, body)).join(' ');
    if (format === 'n8n') headers['x-webhook-signature'] = own;
    if (format === 'flat') headers['x-kryonex-signature'] = own;
  }
  return { body, headers };
}

/** HMAC of the text, the secret taken as it is written. */
function hexSignature(secret: string, text: string): string {
  return `sha256=${createHmac('sha256', secret).update(text, 'utf8').digest('hex')}`;
}

/** `whsec_` secrets are base64; others are used as they are. @throws Error when it cannot be a key */
export function webhookOf(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
}
