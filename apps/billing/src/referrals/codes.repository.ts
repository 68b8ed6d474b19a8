import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface ReferralCode {
  readonly id: string;
  /** The tenant its owner was in when it was made: commissions are kept there. */
  readonly tenantId: string;
  readonly userId: string;
  readonly code: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

const COLUMNS = `id, tenant_id AS "tenantId", user_id AS "userId", code, is_active AS "isActive",
  created_at AS "createdAt"`;

@Injectable()
export class CodesRepository {
  constructor(private readonly database: Database) {}

  async findByCode(code: string): Promise<ReferralCode | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM referral_codes WHERE code = $1`, [code]);
  }

  async findByUser(userId: string): Promise<ReferralCode | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM referral_codes WHERE user_id = $1`, [userId]);
  }

  /** Puts everything about what a person earned in line until the open transaction ends. */
  async lock(userId: string): Promise<ReferralCode | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM referral_codes WHERE user_id = $1 FOR UPDATE`, [userId]);
  }

  /** Undefined when the person has a code already, or the code is taken. */
  async add(tenantId: string, userId: string, code: string): Promise<ReferralCode | undefined> {
    return this.one(
      `INSERT INTO referral_codes (id, tenant_id, user_id, code) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [newId(), tenantId, userId, code],
    );
  }

  async setActive(
    code: string,
    isActive: boolean,
    actorId: string | null,
  ): Promise<ReferralCode | undefined> {
    return this.one(
      `UPDATE referral_codes SET is_active = $2, changed_by = $3 WHERE code = $1 RETURNING ${COLUMNS}`,
      [code, isActive, actorId],
    );
  }

  /** Whether anybody in the tenant has a code. */
  async isHome(tenantId: string): Promise<boolean> {
    const rows = await this.database.query('SELECT FROM referral_codes WHERE tenant_id = $1 LIMIT 1', [
      tenantId,
    ]);
    return rows.length > 0;
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<ReferralCode | undefined> {
    const [row] = await this.database.query<ReferralCode>(sql, parameters);
    return row;
  }
}
