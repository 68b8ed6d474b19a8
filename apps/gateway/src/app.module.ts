import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { DeadLettersController } from './admin/dead-letters.controller';
import { AGENTS_CONTROLLERS } from './agents';
import { ANALYTICS_CONTROLLERS } from './analytics';
import { BILLING_CONTROLLERS } from './billing';
import { EdgeModule } from './edge/edge.module';
import { HealthController } from './health/health.controller';
import { PlatformHealth } from './health/platform-health';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { IDENTITY_CONTROLLERS, OAuthBrowser } from './identity';
import { ArchiveDownloads } from './identity/archive-downloads';
import { LiveGateway } from './live/live.gateway';
import { NOTIFICATIONS_CONTROLLERS } from './notifications';
import { GATEWAY_DATA } from './privacy/gateway-data';
import { SupabaseModule } from './supabase/supabase.module';
import { TELEPHONY_CONTROLLERS } from './telephony';

@Module({
  imports: [EdgeModule, SupabaseModule],
  controllers: [
    HealthController,
    DeadLettersController,
    ...IDENTITY_CONTROLLERS,
    ...TELEPHONY_CONTROLLERS,
    ...BILLING_CONTROLLERS,
    ...ANALYTICS_CONTROLLERS,
    ...NOTIFICATIONS_CONTROLLERS,
    ...AGENTS_CONTROLLERS,
  ],
  providers: [ArchiveDownloads, OAuthBrowser, PlatformHealth, LiveGateway],
})
export class GatewayRoutesModule {}

/** Idempotency first: its interceptor is the outermost. */
@Module({
  imports: [
    IdempotencyModule,
    GatewayRoutesModule,
    PrivacyParticipantModule.of({ service: 'gateway', tables: GATEWAY_DATA }),
  ],
})
export class GatewayModule {}
