import type { ServiceName } from '@parley/contracts';
import { serviceUrl } from '@parley/persistence';
import type { Env } from '@parley/platform';
import { inheritedEnv, type LocalSecrets, type Settings } from './settings';

export interface EnvironmentInput {
  settings: Settings;
  secrets: LocalSecrets;
  ownerUrl: string;
  sandboxUrl: string;
  /** Where providers reach us; Twilio signs the URL it calls. */
  publicUrl: string;
}

/** The settings one service gets on this machine. */
export function environmentOf(service: ServiceName, input: EnvironmentInput): Env {
  const { settings, secrets, ownerUrl, sandboxUrl, publicUrl } = input;
  const inherited = inheritedEnv();
  return {
    WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true',
    WEBHOOK_LIMIT_PER_MINUTE: '0',
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    ...inherited,
    NODE_ENV: inherited['NODE_ENV'] ?? 'development',
    LOG_LEVEL: settings.LOG_LEVEL,
    DATABASE_URL: serviceUrl(ownerUrl, service),
    DATABASE_OWNER_URL: undefined,
    RABBITMQ_URL: settings.RABBITMQ_URL,
    ENCRYPTION_KEY: secrets.encryptionKey,
    CONFIG_EXCHANGE_KEY: inherited['CONFIG_EXCHANGE_KEY'] ?? secrets.configExchangeKey,
    SANDBOX_URL: sandboxUrl,
    PUBLIC_URL: publicUrl,
    GATEWAY_URL: inherited['GATEWAY_URL'] ?? `http://localhost:${settings.PORT}`,
    PORT: String(service === 'telephony-ingest' ? settings.TELEPHONY_PORT : settings.PORT),
  };
}
