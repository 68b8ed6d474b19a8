import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { DailyRepository } from './daily/daily.repository';
import { RollupService } from './daily/rollup.service';
import { FactConsumer } from './facts/fact.consumer';
import { FactRepository } from './facts/fact.repository';
import { FactService } from './facts/fact.service';
import { CallMetricsReadModel } from './metrics/call-metrics.read-model';
import { MetricsController } from './metrics/metrics.controller';
import { MetricsService } from './metrics/metrics.service';
import { ANALYTICS_DATA } from './privacy/analytics-data';
import { TenantRepository } from './tenant/tenant.repository';

@Module({
  imports: [PrivacyParticipantModule.of({ service: 'analytics', tables: ANALYTICS_DATA })],
  controllers: [FactConsumer, MetricsController],
  providers: [
    CallMetricsReadModel,
    DailyRepository,
    FactRepository,
    FactService,
    MetricsService,
    RollupService,
    TenantRepository,
  ],
})
export class AnalyticsModule {}
