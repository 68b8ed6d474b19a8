import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** Until the tenant's own is known. */
export const DEFAULT_TIMEZONE = 'America/Toronto';

export interface Calendar {
  readonly timezone: string;
  /** The day it is there, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Days a tenant has finished and that were not checked yet. */
export interface UncheckedDays {
  readonly tenantId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What analytics knows of a tenant: its time zone, which decides the day of everything. Days are worked out by
 * PostgreSQL alone, so that one time zone database has the say.
 */
@Injectable()
export class TenantRepository {
  constructor(private readonly database: Database) {}

  /** Puts changes of one tenant's figures in line until the open transaction ends. @returns its time zone */
  async lock(tenantId: string): Promise<string> {
    const find = 'SELECT timezone FROM tenants WHERE tenant_id = $1 FOR UPDATE';
    const [known] = await this.database.query<{ timezone: string }>(find, [tenantId]);
    if (known) return known.timezone;
    await this.database.execute(
      'INSERT INTO tenants (tenant_id, timezone) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [tenantId, DEFAULT_TIMEZONE],
    );
    const [made] = await this.database.query<{ timezone: string }>(find, [tenantId]);
    return made?.timezone ?? DEFAULT_TIMEZONE;
  }

  async setTimezone(tenantId: string, timezone: string): Promise<void> {
    await this.database.execute('UPDATE tenants SET timezone = $2, updated_at = now() WHERE tenant_id = $1', [
      tenantId,
      timezone,
    ]);
  }

  async calendar(tenantId: string, now: Date): Promise<Calendar> {
    const [row] = await this.database.query<Calendar>(
      `SELECT timezone, ($2::timestamptz AT TIME ZONE timezone)::date::text AS today
       FROM (SELECT coalesce((SELECT timezone FROM tenants WHERE tenant_id = $1), $3) AS timezone) zone`,
      [tenantId, now, DEFAULT_TIMEZONE],
    );
    return row ?? { timezone: DEFAULT_TIMEZONE, today: now.toISOString().slice(0, 10) };
  }

  /** Tenants where a day ended at least ten minutes ago that was not checked yet (J-13). */
  async uncheckedDays(now: Date): Promise<UncheckedDays[]> {
    return this.database.query<UncheckedDays>(
      `SELECT tenant_id AS "tenantId", coalesce(rolled_up_to + 1, yesterday)::text AS from, yesterday::text AS to
       FROM (SELECT tenant_id, rolled_up_to,
                    (($1::timestamptz - interval '10 minutes') AT TIME ZONE timezone)::date - 1 AS yesterday
             FROM tenants) tenant
       WHERE rolled_up_to IS NULL OR rolled_up_to < yesterday
       ORDER BY tenant_id`,
      [now],
    );
  }

  async markChecked(tenantId: string, to: string): Promise<void> {
    await this.database.execute('UPDATE tenants SET rolled_up_to = $2 WHERE tenant_id = $1', [tenantId, to]);
  }
}
