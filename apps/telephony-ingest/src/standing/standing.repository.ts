import { Inject, Injectable } from '@nestjs/common';
import type { StandingChangedV1, StandingGroup, StandingState } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Standing {
  readonly state: StandingState;
  /** Rises per tenant. */
  readonly version: number;
}

@Injectable()
export class StandingRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async find(tenantId: string, group: StandingGroup): Promise<Standing | undefined> {
    const [row] = await this.database.forTenant(tenantId, () =>
      this.database.query<{ state: StandingState; version: string }>(
        'SELECT state, version FROM line_standings WHERE tenant_id = $1 AND line_group = $2',
        [tenantId, group],
      ),
    );
    return row && { state: row.state, version: Number(row.version) };
  }

  /** Joins the open transaction. What is older than what is known changes nothing. */
  async keep(tenantId: string, { group, state, available, version }: StandingChangedV1): Promise<void> {
    await this.database.execute(
      `INSERT INTO line_standings AS known (tenant_id, line_group, state, available, version)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, line_group) DO UPDATE SET state = excluded.state, available = excluded.available,
         version = excluded.version, updated_at = now() WHERE known.version < excluded.version`,
      [tenantId, group, state, available, version],
    );
  }
}
