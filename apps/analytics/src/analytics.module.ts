import { Module } from '@nestjs/common';
import { DailyRepository } from './daily/daily.repository';
import { RollupService } from './daily/rollup.service';
import { FactConsumer } from './facts/fact.consumer';
import { FactRepository } from './facts/fact.repository';
import { FactService } from './facts/fact.service';
import { CallMetricsReadModel } from './metrics/call-metrics.read-model';
import { MetricsController } from './metrics/metrics.controller';
import { MetricsService } from './metrics/metrics.service';
import { TenantRepository } from './tenant/tenant.repository';

@Module({
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
