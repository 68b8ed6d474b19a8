import Stripe from 'stripe';
import type { Credentials, ProviderAdapter, WebhookRequest } from '../../edge/webhook';
import { fingerprint, naturalKey, plainName } from '../natural-key';
import { readStripeEvent, type StripeEvent } from './stripe-event';

/** Older signatures are refused; Stripe signs each delivery anew. */
const TOLERANCE_SECONDS = 300;

export const stripeAdapter: ProviderAdapter<StripeEvent> = {
  provider: 'stripe',
  platform: true,
  read: ({ body }) => {
    const content = readStripeEvent(body);
    return {
      kind: plainName(content.type, fingerprint),
      known: true,
      subject: content.objectId && plainName(content.objectId, fingerprint),
      dedupeKey: naturalKey(content.id),
      evidence: { numbers: [] },
      content,
    };
  },
  verify: (request, _event, credentials) => (isSigned(request, credentials) ? 'stripe-v1' : undefined),
  asks: () => false,
  starts: () => false,
  answer: () => ({ status: 200, contentType: 'application/json; charset=utf-8', body: '{"received":true}' }),
};

function isSigned({ headers, body }: WebhookRequest, { secrets }: Credentials): boolean {
  const header = headers['stripe-signature'];
  if (typeof header !== 'string' || header === '') return false;
  return secrets.some(({ webhookSecret }) => {
    if (!webhookSecret) return false;
    try {
      return Stripe.webhooks.signature?.verifyHeader(body, header, webhookSecret, TOLERANCE_SECONDS) ?? false;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
      throw error;
    }
  });
}
