import type { WebhookProvider } from '@parley/contracts';
import type { ProviderAdapter } from '../edge/webhook';
import { stripeAdapter } from './stripe/stripe.adapter';
import { twilioAdapter } from './twilio/twilio.adapter';
import { vapiAdapter } from './vapi/vapi.adapter';

export const ADAPTERS: Readonly<Record<WebhookProvider, ProviderAdapter<never>>> = {
  stripe: stripeAdapter as ProviderAdapter<never>,
  twilio: twilioAdapter as ProviderAdapter<never>,
  vapi: vapiAdapter as ProviderAdapter<never>,
};
