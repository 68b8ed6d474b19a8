import { Module } from '@nestjs/common';
import { DeadLettersController } from './admin/dead-letters.controller';
import { AGENTS_CONTROLLERS } from './agents';
import { ANALYTICS_CONTROLLERS } from './analytics';
import { BILLING_CONTROLLERS } from './billing';
import { EdgeModule } from './edge/edge.module';
import { HealthController } from './health/health.controller';
import { PlatformHealth } from './health/platform-health';
import { IDENTITY_CONTROLLERS } from './identity';
import { ArchiveDownloads } from './identity/archive-downloads';
import { LiveGateway } from './live/live.gateway';
import { NOTIFICATIONS_CONTROLLERS } from './notifications';
import { TELEPHONY_CONTROLLERS } from './telephony';

@Module({
  imports: [EdgeModule],
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
  providers: [ArchiveDownloads, PlatformHealth, LiveGateway],
})
export class GatewayModule {}
