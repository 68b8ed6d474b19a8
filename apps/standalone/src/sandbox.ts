import { type RunningSandbox, startSandbox } from '../../sandbox/src';
import type { LocalSecrets, Settings } from './settings';

/**
 * The simulated providers, holding the secrets the demo tenant's connections are given.
 * @param webhookOrigin where the simulated Stripe sends its events
 */
export function startLocalSandbox(
  settings: Settings,
  secrets: LocalSecrets,
  webhookOrigin?: string,
): Promise<RunningSandbox> {
  return startSandbox({
    port: settings.SANDBOX_PORT,
    twilioAuthToken: secrets.twilioAuthToken,
    vapiSecret: secrets.vapiSecret,
    stripeWebhookSecret: secrets.stripeWebhookSecret,
    ...(webhookOrigin ? { stripeWebhookUrl: `${webhookOrigin}/v1/webhooks/stripe` } : {}),
  });
}
