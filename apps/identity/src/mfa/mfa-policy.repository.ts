import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** In the system scope: second factors are not a tenant's rows. */
@Injectable()
export class MfaPolicyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async set(tenantId: string, requireMfa: boolean, by: string, at: Date): Promise<void> {
    await this.db.execute(
      `INSERT INTO tenant_settings (tenant_id, require_mfa, updated_by, updated_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id) DO UPDATE SET require_mfa = excluded.require_mfa,
         updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
      [tenantId, requireMfa, by, at],
    );
  }

  /** Who is signed in to the tenant without a second factor. */
  async membersWithout(tenantId: string, at: Date): Promise<string[]> {
    const rows = await this.db.query<{ userId: string }>(
      `SELECT DISTINCT s.user_id AS "userId" FROM auth_sessions s
       WHERE s.tenant_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
         AND NOT EXISTS (SELECT 1 FROM mfa_totp t WHERE t.user_id = s.user_id AND t.confirmed_at IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM mfa_passkeys p WHERE p.user_id = s.user_id)
       ORDER BY s.user_id`,
      [tenantId, at],
    );
    return rows.map(({ userId }) => userId);
  }
}
