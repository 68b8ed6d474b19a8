import { Injectable } from '@nestjs/common';
import {
  type DeliveryDay,
  type DeliveryStats,
  type DeliveryStatsRequest,
  type DeliveryStatus,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { firstIdAt } from './id-range';

const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

interface CountRow {
  readonly day: string;
  readonly status: DeliveryStatus;
  readonly count: number;
}

type Counts = Omit<DeliveryDay, 'day'>;

/** How deliveries went; tests are left out. */
@Injectable()
export class DeliveryStatsService {
  constructor(private readonly database: Database) {}

  async stats({ days = DEFAULT_DAYS, endpointId }: DeliveryStatsRequest): Promise<DeliveryStats> {
    const since = new Date(Date.now() - days * DAY_MS);
    const parameters = [firstIdAt(since), endpointId ?? null];
    return this.database.tenant(async () => {
      const rows = await this.database.query<CountRow>(
        `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, status, count(*)::int AS count
         FROM webhook_deliveries
         WHERE id >= $1 AND NOT is_test AND ($2::uuid IS NULL OR endpoint_id = $2)
         GROUP BY 1, 2 ORDER BY 1`,
        parameters,
      );
      const [latency] = await this.database.query<{ p95: number | null }>(
        `SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY a.duration_ms) AS p95
         FROM webhook_deliveries d JOIN webhook_attempts a ON a.delivery_id = d.id
         WHERE d.id >= $1 AND NOT d.is_test AND a.response_status IS NOT NULL
           AND ($2::uuid IS NULL OR d.endpoint_id = $2)`,
        parameters,
      );
      const p95LatencyMs = latency?.p95 ?? null;
      return { ...countsOf(rows), p95LatencyMs, since: since.toISOString(), days: daysOf(rows) };
    });
  }
}

function daysOf(rows: readonly CountRow[]): DeliveryDay[] {
  return [...new Set(rows.map(({ day }) => day))].map((day) => ({
    day,
    ...countsOf(rows.filter((row) => row.day === day)),
  }));
}

function countsOf(rows: readonly CountRow[]): Counts {
  const of = (status: DeliveryStatus): number =>
    rows.filter((row) => row.status === status).reduce((sum, { count }) => sum + count, 0);
  const counts = {
    pending: of('pending'),
    delivering: of('delivering'),
    delivered: of('delivered'),
    failed: of('failed'),
    dead: of('dead'),
  };
  const decided = counts.delivered + counts.dead;
  return {
    total: decided + counts.pending + counts.delivering + counts.failed,
    ...counts,
    successRate: decided === 0 ? null : counts.delivered / decided,
  };
}
