import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { privacyRequestedV1, retentionChangedV1, tenantCreatedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { TelephonyModule } from './app.module';
import { type TelephonyConfig, telephonyConfig } from './config';
import { WebhookDoor } from './edge/webhook-door';
import { mountWebhooks } from './edge/webhook-routes';
import { CallsSchema1700000300000 } from './migrations/calls.migration';
import { JournalSchema1700000200000 } from './migrations/journal.migration';
import { Retention1700001410000 } from './migrations/retention.migration';

export const telephonyIngest = defineService({
  name: 'telephony-ingest',
  config: telephonyConfig,
  module: TelephonyModule,
  migrations: [JournalSchema1700000200000, CallsSchema1700000300000, Retention1700001410000],
  consumes: [privacyRequestedV1, retentionChangedV1, tenantCreatedV1],
  jobs: true,
  http: {
    port: (config) => config.PORT,
    options: (config) => ({
      bodyLimit: config.WEBHOOK_BODY_LIMIT_BYTES,
      trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
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
