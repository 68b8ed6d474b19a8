import { Inject, Injectable } from '@nestjs/common';
import type { ListOnboardingsRequest, OnboardingRun } from '@parley/contracts';
import { Database } from '@parley/persistence';

export type RunRow = Omit<OnboardingRun, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

const COLUMNS = `id, tenant_id AS "tenantId", status, owner_id AS "ownerId", company_name AS "companyName",
  plan_code AS "planCode", steps, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class OnboardingRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add(run: RunRow): Promise<void> {
    const { id, tenantId, status, ownerId, companyName, planCode, steps, createdBy, createdAt } = run;
    await this.db.execute(
      `INSERT INTO onboarding_runs (id, tenant_id, kind, status, owner_id, company_name, plan_code, steps, created_by,
         created_at, updated_at)
       VALUES ($1, $2, 'quick', $3, $4, $5, $6, $7, $8, $9, $9)`,
      [id, tenantId, status, ownerId, companyName, planCode, JSON.stringify(steps), createdBy, createdAt],
    );
  }

  async find(id: string): Promise<RunRow | undefined> {
    const [row] = await this.db.query<RunRow>(`SELECT ${COLUMNS} FROM onboarding_runs WHERE id = $1`, [id]);
    return row;
  }

  async lock(id: string): Promise<RunRow | undefined> {
    const [row] = await this.db.query<RunRow>(
      `SELECT ${COLUMNS} FROM onboarding_runs WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  /** The latest of the tenant. */
  async findOf(tenantId: string): Promise<RunRow | undefined> {
    const [row] = await this.db.query<RunRow>(
      `SELECT ${COLUMNS} FROM onboarding_runs WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1`,
      [tenantId],
    );
    return row;
  }

  async save({ id, steps, status, updatedAt }: RunRow): Promise<void> {
    await this.db.execute(
      'UPDATE onboarding_runs SET steps = $2, status = $3, updated_at = $4 WHERE id = $1',
      [id, JSON.stringify(steps), status, updatedAt],
    );
  }

  /** Newest first, `limit + 1` rows. */
  page({ status }: ListOnboardingsRequest, before: string | null, limit: number): Promise<RunRow[]> {
    return this.db.query<RunRow>(
      `SELECT ${COLUMNS} FROM onboarding_runs
       WHERE ($1::text IS NULL OR status = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [status ?? null, before, limit + 1],
    );
  }
}

export const toOnboardingRun = (row: RunRow): OnboardingRun => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
