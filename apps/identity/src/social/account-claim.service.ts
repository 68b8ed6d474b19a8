import { Inject, Injectable, Logger } from '@nestjs/common';
import { apiKeyRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { FactorRemoval } from '../mfa/factor-removal.service';
import { KnownDevices } from '../session/known-device.repository';
import { SessionEndings } from '../session/session-endings.service';
import { TOKEN_PURPOSES } from '../verification/verification-token';
import { VerificationTokenRepository } from '../verification/verification-token.repository';
import { SocialAccountRepository } from './social-account.repository';
import { SignInToLink } from './social.errors';

interface RevokedKey {
  id: string;
  prefix: string;
  tenantId: string;
}

const OWNED = `SELECT m.tenant_id FROM memberships m
  WHERE m.user_id = $1 AND m.role = 'owner' AND m.status = 'active'`;

/**
 * Hands an account whose address nobody ever proved to who has now proven it. Somebody else may have registered it in
 * advance and be waiting inside (pre-hijacking), so whatever lets anybody in goes first, whichever way they prove it.
 */
@Injectable()
export class AccountClaim {
  private readonly logger = new Logger(AccountClaim.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SessionEndings) private readonly sessions: SessionEndings,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
    @Inject(SocialAccountRepository) private readonly accounts: SocialAccountRepository,
    @Inject(FactorRemoval) private readonly factors: FactorRemoval,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * In the open system transaction, with the person's row locked.
   * @throws SignInToLink when others were let into the person's tenants: who they are is for a human to say
   */
  async claim(user: User, at: Date): Promise<User> {
    if (await this.sharesTenants(user.id)) throw new SignInToLink();
    await this.clear(user, at);
    await this.users.dropPassword(user.id);
    const claimed = await this.users.verifyEmail(user.id, at);
    if (!claimed) throw new Error('A locked account was verified by somebody else');
    return claimed;
  }

  /** Everything but the password, which the caller replaces. In the open system transaction, with the person's row locked. */
  async clear(user: User, at: Date, reason = 'account_claimed'): Promise<void> {
    const sessions = await this.sessions.end({ userId: user.id }, reason, at);
    await this.tokens.consumeAll(user.id, TOKEN_PURPOSES, at);
    await this.accounts.removeAll(user.id);
    await this.factors.all(user.id);
    await this.devices.removeAll(user.id);
    const keys = await this.revokeKeys(user.id, at);
    await this.db.execute(
      `UPDATE invitations SET revoked_at = $2
       WHERE tenant_id IN (${OWNED}) AND accepted_at IS NULL AND revoked_at IS NULL`,
      [user.id, at],
    );
    this.logger.warn({ userId: user.id }, 'unverified account claimed by the owner of its address');
    await this.audit.record({
      action: 'account.claimed',
      resourceType: 'user',
      resourceId: user.id,
      after: { sessionsEnded: sessions.length, apiKeysRevoked: keys.length },
      tenantId: await this.firstTenantOf(user.id),
      actorUserId: user.id,
    });
  }

  private async sharesTenants(userId: string): Promise<boolean> {
    const others = await this.db.query(
      `SELECT 1 FROM memberships WHERE tenant_id IN (${OWNED}) AND user_id <> $1 AND status = 'active' LIMIT 1`,
      [userId],
    );
    return others.length > 0;
  }

  private async revokeKeys(userId: string, at: Date): Promise<RevokedKey[]> {
    const keys = await this.db.query<RevokedKey>(
      `UPDATE api_keys SET revoked_at = $2, previous_hash = NULL, previous_good_until = NULL
       WHERE revoked_at IS NULL AND (created_by = $1 OR tenant_id IN (${OWNED}))
       RETURNING id, prefix, tenant_id AS "tenantId"`,
      [userId, at],
    );
    for (const { id, prefix, tenantId } of keys) {
      await this.outbox.add(apiKeyRevokedV1, { keyId: id, prefix }, { subject: id, tenantId });
    }
    return keys;
  }

  private async firstTenantOf(userId: string): Promise<string | null> {
    const [row] = await this.db.query<{ tenantId: string }>(
      `SELECT tenant_id AS "tenantId" FROM memberships WHERE user_id = $1 AND status = 'active'
       ORDER BY created_at, id LIMIT 1`,
      [userId],
    );
    return row?.tenantId ?? null;
  }
}
