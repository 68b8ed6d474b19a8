import { Injectable } from '@nestjs/common';
import { newId, type PlanModule } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface ModuleOverride {
  readonly module: PlanModule;
  readonly allowed: boolean;
  readonly expiresAt: Date | null;
}

@Injectable()
export class ModuleOverrideRepository {
  constructor(private readonly database: Database) {}

  /** Those that hold now for the tenant whose transaction is open; none in the system scope. */
  async holding(): Promise<ModuleOverride[]> {
    return this.database.query<ModuleOverride>(
      `SELECT module, allowed, expires_at AS "expiresAt" FROM module_overrides
       WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
         AND (expires_at IS NULL OR expires_at > now())
       ORDER BY module`,
    );
  }

  async set(tenantId: string, override: ModuleOverride & { grantedBy: string | null }): Promise<void> {
    const { module, allowed, expiresAt, grantedBy } = override;
    await this.database.execute(
      `INSERT INTO module_overrides (id, tenant_id, module, allowed, expires_at, granted_by)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, module) DO UPDATE SET allowed = excluded.allowed,
         expires_at = excluded.expires_at, granted_by = excluded.granted_by, created_at = now()`,
      [newId(), tenantId, module, allowed, expiresAt, grantedBy],
    );
  }

  async remove(tenantId: string, module: PlanModule): Promise<void> {
    await this.database.execute('DELETE FROM module_overrides WHERE tenant_id = $1 AND module = $2', [
      tenantId,
      module,
    ]);
  }

  /** @returns whether one had lapsed */
  async removeLapsed(tenantId: string): Promise<boolean> {
    const removed = await this.database.execute(
      'DELETE FROM module_overrides WHERE tenant_id = $1 AND expires_at <= now()',
      [tenantId],
    );
    return removed > 0;
  }
}
