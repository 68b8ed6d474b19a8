import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { impersonationEndedV1, sessionRevokedV1, Uuid } from '@parley/contracts';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';

class ConcludeImpersonationJob {
  @Uuid() id: string;
}

/** Tells of an end. A job, so that ending sessions in many tenants never waits for several audit chains at once. */
const concludeImpersonation: JobDefinition<ConcludeImpersonationJob> = {
  name: 'identity.impersonation.conclude',
  payload: ConcludeImpersonationJob,
};

interface Concluded {
  tenantId: string;
  userId: string;
  impersonatorId: string;
  endedAt: Date;
  endedReason: string;
  endedBy: string | null;
}

type Condition = { column: 'id' | 'granting_session_id' | 'impersonator_id'; ids: readonly string[] };

/** Ends impersonations with what they rest on, in the caller's transaction, which must be of the system scope. */
@Injectable()
export class ImpersonationEndings implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(concludeImpersonation, ({ id }) => this.conclude(id));
  }

  /** Sessions ended: so did the grants they carried, and the grants that were given in them. */
  async follow(sessions: readonly { id: string; reason: string }[], at: Date): Promise<void> {
    if (sessions.length === 0) return;
    for (const reason of new Set(sessions.map((session) => session.reason)))
      await this.mark(
        sessions.filter((session) => session.reason === reason).map(({ id }) => id),
        reason,
        at,
      );
    const ids = sessions.map(({ id }) => id);
    await this.revoke({ column: 'granting_session_id', ids }, 'granting_session_ended', at);
  }

  async endOne(id: string, by: string, at: Date): Promise<void> {
    await this.revoke({ column: 'id', ids: [id] }, 'ended_by_admin', at, by);
  }

  /** For whoever takes the role from a super admin. */
  async endAllOf(impersonatorId: string, reason: string, at: Date): Promise<void> {
    await this.revoke({ column: 'impersonator_id', ids: [impersonatorId] }, reason, at);
  }

  /** Tokens expired by themselves; only the record is still open. */
  async expire(at: Date): Promise<void> {
    const rows = await this.db.query<{ sessionId: string }>(
      `SELECT session_id AS "sessionId" FROM impersonations WHERE ended_at IS NULL AND expires_at <= $1
       ORDER BY expires_at LIMIT 1000`,
      [at],
    );
    await this.mark(
      rows.map(({ sessionId }) => sessionId),
      'expired',
      at,
    );
  }

  private async revoke({ column, ids }: Condition, reason: string, at: Date, by?: string): Promise<void> {
    const sessions = await this.db.query<{ id: string; tenantId: string; userId: string }>(
      `WITH doomed AS (SELECT s.id FROM auth_sessions s JOIN impersonations i ON i.session_id = s.id
         WHERE i.${column} = ANY($3) AND i.ended_at IS NULL AND s.revoked_at IS NULL ORDER BY s.id FOR UPDATE OF s)
       UPDATE auth_sessions s SET revoked_at = $1, revoked_reason = $2 FROM doomed WHERE s.id = doomed.id
       RETURNING s.id, s.tenant_id AS "tenantId", s.user_id AS "userId"`,
      [at, reason, ids],
    );
    for (const { id, tenantId, userId } of sessions) {
      await this.outbox.add(sessionRevokedV1, { userId, sessionId: id, reason }, { subject: id, tenantId });
    }
    await this.mark(
      sessions.map(({ id }) => id),
      reason,
      at,
      by,
    );
  }

  private async mark(sessionIds: readonly string[], reason: string, at: Date, by?: string): Promise<void> {
    if (sessionIds.length === 0) return;
    const ended = await this.db.query<{ id: string; tenantId: string }>(
      `UPDATE impersonations SET ended_at = $1, ended_reason = $2, ended_by = $3
       WHERE session_id = ANY($4) AND ended_at IS NULL RETURNING id, tenant_id AS "tenantId"`,
      [at, reason, by ?? null, sessionIds],
    );
    for (const { id, tenantId } of ended)
      await this.jobs.enqueue(concludeImpersonation, { id }, { tenantId });
  }

  private async conclude(id: string): Promise<void> {
    await this.db.system('end of an impersonation', async () => {
      const [row] = await this.db.query<Concluded>(
        `UPDATE impersonations SET concluded_at = now() WHERE id = $1 AND ended_at IS NOT NULL AND concluded_at IS NULL
         RETURNING tenant_id AS "tenantId", user_id AS "userId", impersonator_id AS "impersonatorId",
           ended_at AS "endedAt", ended_reason AS "endedReason", ended_by AS "endedBy"`,
        [id],
      );
      if (!row) return;
      const { tenantId, userId, impersonatorId, endedReason: reason, endedBy } = row;
      const endedAt = row.endedAt.toISOString();
      await this.outbox.add(
        impersonationEndedV1,
        { impersonationId: id, impersonatorId, userId, reason, endedAt },
        { subject: id, tenantId },
      );
      await this.audit.record({
        action: 'impersonation.ended',
        resourceType: 'impersonation',
        resourceId: id,
        after: { reason, endedAt },
        tenantId,
        impersonationId: id,
        impersonatorId,
        ...(endedBy ? { actorUserId: endedBy } : {}),
      });
    });
  }
}
