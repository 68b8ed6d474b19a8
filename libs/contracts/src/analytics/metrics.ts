import { Day, Int, ListOf, Text } from '../fields';
import { defineOperation } from '../rpc';
import { Ratio } from './ratio';

/** Days in the tenant's time zone, both included. */
export class MetricsRangeRequest {
  @Day({ optional: true, description: 'First day; 29 days before `to` by default. At most 366 days in all' })
  from?: string;
  @Day({ optional: true, description: 'Last day; today in the tenant’s time zone by default' })
  to?: string;
}

class MetricsRange {
  @Text({ max: 64, example: 'America/Toronto' }) timezone: string;
  @Day() from: string;
  @Day() to: string;
}

const COST = { optional: true, min: 0, description: 'What providers charged, US cents; for admins only' };

/** Counts of ended calls on the day they began. */
export class MetricCounts {
  @Int({ min: 0 }) calls: number;
  @Int({ min: 0 }) inbound: number;
  @Int({ min: 0 }) outbound: number;
  @Int({ min: 0 }) aiHandled: number;
  @Int({ min: 0 }) booked: number;
  @Int({ min: 0, description: 'Inbound calls nobody took' }) missed: number;
  @Int({ min: 0 }) transferred: number;
  @Int({ min: 0, description: 'Connected seconds' }) seconds: number;
  @Int({ min: 0, description: 'Started minutes, per call' }) billedMinutes: number;
  @Int({ min: 0, description: 'Text messages received' }) smsIn: number;
  @Int(COST) providerCostCents?: number;
}

export class DailyMetrics extends MetricCounts {
  @Day() date: string;
}

export class DailyMetricsResponse extends MetricsRange {
  @ListOf(() => DailyMetrics, { max: 366, description: 'Every day of the range, oldest first' })
  days: DailyMetrics[];
}

export const getDailyMetrics = defineOperation({
  name: 'analytics.daily.get',
  service: 'analytics',
  request: MetricsRangeRequest,
  response: DailyMetricsResponse,
});

/** One total over a range. */
export class MetricsSummary extends MetricCounts {
  @Text({ max: 64, example: 'America/Toronto' }) timezone: string;
  @Day() from: string;
  @Day() to: string;
  @Int({ min: 1, description: 'Days in the range' }) days: number;
}

export const getMetricsSummary = defineOperation({
  name: 'analytics.summary.get',
  service: 'analytics',
  request: MetricsRangeRequest,
  response: MetricsSummary,
});

export class CallCount {
  @Text({ max: 40, example: 'completed' }) key: string;
  @Int({ min: 0 }) calls: number;
}

export class CallMetrics extends MetricsRange {
  @Int({ min: 0 }) total: number;
  @ListOf(() => CallCount, { description: 'Every terminal status, zero included' }) byStatus: CallCount[];
  @ListOf(() => CallCount) byDirection: CallCount[];
  @ListOf(() => CallCount, { description: 'Every outcome, zero included; `unknown` where none was recorded' })
  byOutcome: CallCount[];
  @Int({ min: 0 }) totalSeconds: number;
  @Int({ min: 0, description: 'Rounded; 0 without calls' }) averageDurationSeconds: number;
  @Ratio({ description: 'Calls that the AI took, of all; null without calls' }) aiHandledRate: number | null;
  @Ratio({ description: 'Calls that ended in a booking, of all; null without calls' }) bookingRate:
    number | null;
  @Int(COST) providerCostCents?: number;
}

export const getCallMetrics = defineOperation({
  name: 'analytics.calls.get',
  service: 'analytics',
  request: MetricsRangeRequest,
  response: CallMetrics,
});

/** A range must be named: recomputing is not done by accident. */
export class RecomputeMetricsRequest {
  @Day() from: string;
  @Day({ description: 'At most 366 days, both included' }) to: string;
}

export class MetricsRecomputed extends MetricsRange {
  @Int({ min: 1 }) days: number;
  @Int({ min: 0, description: 'Days whose figures were wrong and are now right' }) corrected: number;
}

export const recomputeMetrics = defineOperation({
  name: 'analytics.metrics.recompute',
  service: 'analytics',
  request: RecomputeMetricsRequest,
  response: MetricsRecomputed,
  timeoutMs: 30_000,
});
