import { Controller } from '@nestjs/common';
import {
  type CallMetrics,
  type DailyMetricsResponse,
  getCallMetrics,
  getDailyMetrics,
  getMetricsSummary,
  type MetricsRangeRequest,
  type MetricsRecomputed,
  type MetricsSummary,
  recomputeMetrics,
  type RecomputeMetricsRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MetricsService } from './metrics.service';

@Controller()
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Handles(getCallMetrics)
  calls(request: MetricsRangeRequest): Promise<CallMetrics> {
    return this.metrics.callMetrics(request);
  }

  @Handles(getDailyMetrics)
  daily(request: MetricsRangeRequest): Promise<DailyMetricsResponse> {
    return this.metrics.dailyMetrics(request);
  }

  @Handles(getMetricsSummary)
  summary(request: MetricsRangeRequest): Promise<MetricsSummary> {
    return this.metrics.summary(request);
  }

  @Handles(recomputeMetrics)
  recompute(request: RecomputeMetricsRequest): Promise<MetricsRecomputed> {
    return this.metrics.recompute(request);
  }
}
