import { Inject, Injectable } from '@nestjs/common';
import type { MfaMethod, MfaStanding } from '@parley/contracts';
import { Database } from '@parley/persistence';

interface Enrolled {
  totp: boolean;
  passkey: boolean;
  codes: boolean;
  required: boolean;
}

/** What people have to prove themselves with. In the system scope. */
@Injectable()
export class MfaStandings {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** What a token of this person in this tenant says. */
  async of(userId: string, tenantId: string): Promise<MfaStanding | undefined> {
    const { totp, passkey, required } = await this.read(userId, tenantId);
    if (totp || passkey) return 'enrolled';
    return required ? 'due' : undefined;
  }

  /** Empty for whoever has no second factor: recovery codes alone are none. */
  async methodsOf(userId: string): Promise<MfaMethod[]> {
    const { totp, passkey, codes } = await this.read(userId, null);
    if (!totp && !passkey) return [];
    return [
      ...(totp ? (['totp'] as const) : []),
      ...(passkey ? (['passkey'] as const) : []),
      ...(codes ? (['recovery_code'] as const) : []),
    ];
  }

  async isRequiredIn(tenantId: string): Promise<boolean> {
    const [row] = await this.db.query<{ required: boolean }>(
      'SELECT require_mfa AS required FROM tenant_settings WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.required ?? false;
  }

  private async read(userId: string, tenantId: string | null): Promise<Enrolled> {
    const [row] = await this.db.query<Enrolled>(
      `SELECT EXISTS (SELECT 1 FROM mfa_totp WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
         EXISTS (SELECT 1 FROM mfa_passkeys WHERE user_id = $1) AS passkey,
         EXISTS (SELECT 1 FROM mfa_recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS codes,
         EXISTS (SELECT 1 FROM tenant_settings WHERE tenant_id = $2 AND require_mfa) AS required`,
      [userId, tenantId],
    );
    if (!row) throw new Error('A question about existence has an answer');
    return row;
  }
}
