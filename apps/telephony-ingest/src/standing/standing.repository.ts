import { Inject, Injectable } from '@nestjs/common';
import type { StandingChangedV1, StandingGroup, StandingState } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Standing {
  readonly state: StandingState;
  /** Rises per tenant. */
  readonly version: number;
  /** Units that may be promised; null: not limited. */
  readonly available: number | null;
  /** Units each new call is promised; null: not told. */
  readonly perStart: number | null;
}

type StandingRow = {
  [Field in keyof Standing]: Field extends 'version' | 'available' ? string | null : Standing[Field];
};

@Injectable()
export class StandingRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async find(tenantId: string, group: StandingGroup): Promise<Standing | undefined> {
    const [row] = await this.database.forTenant(tenantId, () =>
      this.database.query<StandingRow>(
        `SELECT state, version, available, per_start AS "perStart" FROM line_standings
         WHERE tenant_id = $1 AND line_group = $2`,
        [tenantId, group],
      ),
    );
    return (
      row && {
        ...row,
        version: Number(row.version),
        available: row.available === null ? null : Number(row.available),
      }
    );
  }

  /**
   * Joins the open transaction. What is older than what is known changes nothing, but for the calls it counted: what is
   * newer has counted them as well. The row is locked either way, so that starts wait for both.
   */
  async keep(tenantId: string, told: StandingChangedV1): Promise<void> {
    const { group, state, available, version, perStart = null, counted = [] } = told;
    await this.database.execute(
      `INSERT INTO line_standings AS known (tenant_id, line_group, state, available, version, per_start)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, line_group) DO UPDATE SET state = excluded.state, available = excluded.available,
         version = excluded.version, per_start = excluded.per_start, updated_at = now()
       WHERE known.version < excluded.version`,
      [tenantId, group, state, available, version, perStart],
    );
    if (counted.length === 0) return;
    await this.database.execute(
      `UPDATE call_starts s SET counted = true FROM calls c
       WHERE c.id = ANY($2::uuid[]) AND c.tenant_id = $1 AND s.tenant_id = $1 AND s.provider = c.provider
         AND s.provider_call_id = c.provider_call_id AND NOT s.counted`,
      [tenantId, counted],
    );
  }
}
