import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { CALL_COLUMNS, CALL_COUNTS, COUNT_COLUMNS, type Counts } from './daily-counts';
import type { Days } from './days';

export type DailyRow = Counts & { readonly date: string };

const list = COUNT_COLUMNS.join(', ');
const parameters = COUNT_COLUMNS.map((_column, index) => `$${index + 3}`);

/** Sums arrive as bigint, which the driver hands out as text; as float8 they are exact far beyond any figure here. */
const sums = COUNT_COLUMNS.map((column) => `coalesce(sum(${column}), 0)::float8 AS ${column}`).join(', ');

const RECOMPUTE = `
  WITH fresh AS (
    SELECT date, ${COUNT_COLUMNS.map((column) => `sum(${column}) AS ${column}`).join(', ')} FROM (
      SELECT date, ${CALL_COLUMNS.map((column) => `${CALL_COUNTS[column]} AS ${column}`).join(', ')}, 0 AS sms_in
      FROM call_facts WHERE tenant_id = $1 AND date BETWEEN $2 AND $3 GROUP BY date
      UNION ALL
      SELECT date, ${CALL_COLUMNS.map(() => '0').join(', ')}, count(*)
      FROM message_facts WHERE tenant_id = $1 AND date BETWEEN $2 AND $3 GROUP BY date) counted
    GROUP BY date),
  removed AS (
    DELETE FROM daily_metrics WHERE tenant_id = $1 AND date BETWEEN $2 AND $3
      AND date NOT IN (SELECT date FROM fresh) RETURNING date),
  written AS (
    INSERT INTO daily_metrics (tenant_id, date, ${list}) SELECT $1, date, ${list} FROM fresh
    ON CONFLICT (tenant_id, date) DO UPDATE
      SET ${COUNT_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}, updated_at = now()
      WHERE (${COUNT_COLUMNS.map((column) => `daily_metrics.${column}`).join(', ')})
        IS DISTINCT FROM (${COUNT_COLUMNS.map((column) => `excluded.${column}`).join(', ')})
    RETURNING date)
  SELECT ((SELECT count(*) FROM removed) + (SELECT count(*) FROM written))::int AS corrected`;

@Injectable()
export class DailyRepository {
  constructor(private readonly database: Database) {}

  /** Adds to a day, or takes from it; a day without anything has no row. The tenant is locked by the caller. */
  async change(tenantId: string, date: string, counts: Counts): Promise<void> {
    const values = [tenantId, date, ...COUNT_COLUMNS.map((column) => counts[column])];
    const added = COUNT_COLUMNS.map((column, index) => `${column} = ${column} + ${parameters[index]}`).join(
      ', ',
    );
    const [day] = await this.database.query<{ isEmpty: boolean }>(
      `UPDATE daily_metrics SET ${added}, updated_at = now() WHERE tenant_id = $1 AND date = $2
       RETURNING calls = 0 AND sms_in = 0 AS "isEmpty"`,
      values,
    );
    if (!day) {
      await this.database.execute(
        `INSERT INTO daily_metrics (tenant_id, date, ${list}) VALUES ($1, $2, ${parameters.join(', ')})`,
        values,
      );
    } else if (day.isEmpty) {
      await this.database.execute('DELETE FROM daily_metrics WHERE tenant_id = $1 AND date = $2', [
        tenantId,
        date,
      ]);
    }
  }

  /** Works figures out again from the facts. @returns how many days were wrong */
  async recompute(tenantId: string, { from, to }: Days): Promise<number> {
    const [row] = await this.database.query<{ corrected: number }>(RECOMPUTE, [tenantId, from, to]);
    return row?.corrected ?? 0;
  }

  /** Days with anything on them, oldest first. */
  async list(tenantId: string, { from, to }: Days): Promise<DailyRow[]> {
    return this.database.query<DailyRow>(
      `SELECT date::text, ${list} FROM daily_metrics
       WHERE tenant_id = $1 AND date BETWEEN $2 AND $3 ORDER BY date`,
      [tenantId, from, to],
    );
  }

  async total(tenantId: string, { from, to }: Days): Promise<Counts> {
    const [row] = await this.database.query<Counts>(
      `SELECT ${sums} FROM daily_metrics WHERE tenant_id = $1 AND date BETWEEN $2 AND $3`,
      [tenantId, from, to],
    );
    if (!row) throw new Error('An aggregate returned no row');
    return row;
  }
}
