import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  privacyRequestedV1,
  retentionChangedV1,
  standingChangedV1,
  tenantCreatedV1,
  tenantReactivatedV1,
  tenantSuspendedV1,
  tenantUpdatedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { TelephonyModule } from './app.module';
import { type TelephonyConfig, telephonyConfig } from './config';
import { WebhookDoor } from './edge/webhook-door';
import { mountWebhooks } from './edge/webhook-routes';
import { BillingFacts1700002150000 } from './migrations/billing-facts.migration';
import { CallStarts1700002351000 } from './migrations/call-starts.migration';
import { CallsSchema1700000300000 } from './migrations/calls.migration';
import { DeletedCalls1700002390000 } from './migrations/deleted-calls.migration';
import { JournalSchema1700000200000 } from './migrations/journal.migration';
import { Retention1700001410000 } from './migrations/retention.migration';
import { StripeConnection1700001800000 } from './migrations/stripe-connection.migration';
import { TenantStanding1700001210000 } from './migrations/tenant-standing.migration';
import { Standings1700001750000 } from './migrations/standings.migration';

export const telephonyIngest = defineService({
  name: 'telephony-ingest',
  config: telephonyConfig,
  module: TelephonyModule,
  migrations: [
    JournalSchema1700000200000,
    CallsSchema1700000300000,
    StripeConnection1700001800000,
    TenantStanding1700001210000,
    Standings1700001750000,
    BillingFacts1700002150000,
    Retention1700001410000,
    DeletedCalls1700002390000,
    CallStarts1700002351000,
  ],
  consumes: [
    privacyRequestedV1,
    retentionChangedV1,
    standingChangedV1,
    tenantCreatedV1,
    tenantUpdatedV1,
    tenantSuspendedV1,
    tenantReactivatedV1,
  ],
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
