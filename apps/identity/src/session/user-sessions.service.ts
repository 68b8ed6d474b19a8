import { Inject, Injectable } from '@nestjs/common';
import { sessionRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';

/** All sessions of one person, in every tenant. */
@Injectable()
export class UserSessions {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  /** Ends them in the open system transaction and tells of each. @param except the session that goes on */
  async end(userId: string, reason: string, at: Date, except?: string): Promise<number> {
    const ended = await this.db.query<{ id: string; tenantId: string }>(
      `UPDATE auth_sessions SET revoked_at = $2, revoked_reason = $3
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $4
       RETURNING id, tenant_id AS "tenantId"`,
      [userId, at, reason, except ?? null],
    );
    for (const { id, tenantId } of ended) {
      await this.outbox.add(sessionRevokedV1, { userId, sessionId: id, reason }, { subject: id, tenantId });
    }
    return ended.length;
  }
}
