import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CallMetrics,
  DailyMetricsResponse,
  getCallMetrics,
  getDailyMetrics,
  getMetricsSummary,
  MetricsRangeRequest,
  MetricsRecomputed,
  MetricsSummary,
  recomputeMetrics,
  RecomputeMetricsRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/analytics')
@ApiTags('analytics')
export class MetricsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('calls')
  @Requires('analytics:read')
  @Answers('Calls of a range by status, direction and outcome', CallMetrics)
  calls(@Query() query: MetricsRangeRequest): Promise<string> {
    return this.rpc.forward(getCallMetrics, query);
  }

  @Get('daily')
  @Requires('analytics:read')
  @Answers('Figures of every day of a range', DailyMetricsResponse)
  daily(@Query() query: MetricsRangeRequest): Promise<string> {
    return this.rpc.forward(getDailyMetrics, query);
  }

  @Get('summary')
  @Requires('analytics:read')
  @Answers('One total over a range', MetricsSummary)
  summary(@Query() query: MetricsRangeRequest): Promise<string> {
    return this.rpc.forward(getMetricsSummary, query);
  }

  @Post('recompute')
  @Requires('analytics:recompute')
  @Unaudited('counts again what is known')
  @Answers('Rebuilds the daily figures of a range from the calls', MetricsRecomputed)
  recompute(@Body() body: RecomputeMetricsRequest): Promise<string> {
    return this.rpc.forward(recomputeMetrics, body);
  }
}
