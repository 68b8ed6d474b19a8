import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { tenantCreatedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { TelephonyModule } from './app.module';
import { type TelephonyConfig, telephonyConfig } from './config';
import { WebhookDoor } from './edge/webhook-door';
import { mountWebhooks } from './edge/webhook-routes';
import { CallsSchema1700000300000 } from './migrations/calls.migration';
import { JournalSchema1700000200000 } from './migrations/journal.migration';
import { StripeConnection1700001800000 } from './migrations/stripe-connection.migration';

export const telephonyIngest = defineService({
  name: 'telephony-ingest',
  config: telephonyConfig,
  module: TelephonyModule,
  migrations: [JournalSchema1700000200000, CallsSchema1700000300000, StripeConnection1700001800000],
  consumes: [tenantCreatedV1],
  jobs: true,
  http: {
    port: (config) => config.PORT,
    options: (config) => ({
      bodyLimit: config.WEBHOOK_BODY_LIMIT_BYTES,
      trustProxy: config.TRUSTED_PROXIES,
    }),
    configure: openDoor,
  },
});

/** Workers keep the port, for health, but take no webhooks. */
async function openDoor(app: NestFastifyApplication, config: TelephonyConfig): Promise<void> {
  if (config.ROLE === 'worker') return;
  await mountWebhooks(
    app.getHttpAdapter().getInstance(),
    app.get(WebhookDoor),
    config.WEBHOOK_BODY_LIMIT_BYTES,
  );
}
