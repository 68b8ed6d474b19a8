import { Injectable } from '@nestjs/common';
import {
  type CallMetrics,
  currentCaller,
  type DailyMetricsResponse,
  Invalid,
  type MetricCounts,
  type MetricsRangeRequest,
  type MetricsRecomputed,
  type MetricsSummary,
  type RecomputeMetricsRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type Counts, NO_COUNTS } from '../daily/daily-counts';
import { DailyRepository } from '../daily/daily.repository';
import type { Days } from '../daily/days';
import { TenantRepository } from '../tenant/tenant.repository';
import { CallMetricsReadModel } from './call-metrics.read-model';
import { dayRange, daysOf, lengthOf } from './day-range';

interface Asked {
  tenantId: string;
  range: Days;
  /** The range as the answer shows it. */
  shown: { timezone: string; from: string; to: string };
}

@Injectable()
export class MetricsService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantRepository,
    private readonly daily: DailyRepository,
    private readonly calls: CallMetricsReadModel,
  ) {}

  async callMetrics(request: MetricsRangeRequest): Promise<CallMetrics> {
    return this.over(request, async ({ tenantId, range, shown }) => {
      const found = await this.calls.aggregate(tenantId, range);
      const { total, seconds, byStatus, byDirection, byOutcome } = found;
      return {
        ...shown,
        total,
        byStatus,
        byDirection,
        byOutcome,
        totalSeconds: seconds,
        averageDurationSeconds: total === 0 ? 0 : Math.round(seconds / total),
        aiHandledRate: ratio(found.aiHandled, total),
        bookingRate: ratio(found.booked, total),
        ...costFor(found.costCents),
      };
    });
  }

  async dailyMetrics(request: MetricsRangeRequest): Promise<DailyMetricsResponse> {
    return this.over(request, async ({ tenantId, range, shown }) => {
      const rows = new Map((await this.daily.list(tenantId, range)).map((row) => [row.date, row]));
      const days = daysOf(range).map((date) => ({ date, ...toMetricCounts(rows.get(date) ?? NO_COUNTS) }));
      return { ...shown, days };
    });
  }

  async summary(request: MetricsRangeRequest): Promise<MetricsSummary> {
    return this.over(request, async ({ tenantId, range, shown }) => {
      const total = await this.daily.total(tenantId, range);
      return { ...shown, days: lengthOf(range), ...toMetricCounts(total) };
    });
  }

  async recompute(request: RecomputeMetricsRequest): Promise<MetricsRecomputed> {
    return this.over(request, async ({ tenantId, range, shown }) => {
      await this.tenants.lock(tenantId);
      const corrected = await this.daily.recompute(tenantId, range);
      return { ...shown, days: lengthOf(range), corrected };
    });
  }

  /** Runs `answer` on the caller's tenant for the days asked for, in its own calendar. */
  private async over<T>(request: Partial<Days>, answer: (asked: Asked) => Promise<T>): Promise<T> {
    const { tenantId } = currentCaller();
    if (!tenantId) throw new Invalid('Choose a tenant first: figures belong to one');
    return this.database.tenant(async () => {
      const { timezone, today } = await this.tenants.calendar(tenantId, new Date());
      const range = dayRange(request, today);
      return answer({ tenantId, range, shown: { timezone, ...range } });
    });
  }
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** What providers charge is between us and the tenant's admins. */
function costFor(cents: number): { providerCostCents?: number } {
  const mayKnow = currentCaller().roles.some((role) => role !== 'user');
  return mayKnow ? { providerCostCents: cents } : {};
}

function toMetricCounts(counts: Counts): MetricCounts {
  return {
    calls: counts.calls,
    inbound: counts.inbound,
    outbound: counts.outbound,
    aiHandled: counts.ai_handled,
    booked: counts.booked,
    missed: counts.missed,
    transferred: counts.transferred,
    seconds: counts.seconds,
    billedMinutes: counts.billed_minutes,
    smsIn: counts.sms_in,
    ...costFor(counts.provider_cost_cents),
  };
}
