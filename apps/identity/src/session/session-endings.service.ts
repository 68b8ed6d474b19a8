import { Inject, Injectable } from '@nestjs/common';
import { sessionRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ImpersonationEndings } from '../impersonation/impersonation-endings.service';

/** Which sessions: those that match every field given. */
export interface SessionFilter {
  id?: string;
  tenantId?: string;
  userId?: string;
  /** The session that goes on. */
  exceptId?: string;
}

export interface EndedSession {
  id: string;
  tenantId: string;
  userId: string;
  createdAt: Date;
}

const CONDITIONS = { id: 'id =', tenantId: 'tenant_id =', userId: 'user_id =', exceptId: 'id <>' } as const;

/** Ends sessions and tells every gateway, in the caller's transaction. */
@Injectable()
export class SessionEndings {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ImpersonationEndings) private readonly impersonations: ImpersonationEndings,
  ) {}

  /**
   * Live sessions only, locked in the order of their ids so that two at once cannot wait for each other. Lock the
   * tenant or person they belong to first: sign-in holds both while it adds a session.
   */
  async end(filter: SessionFilter, reason: string, at: Date): Promise<EndedSession[]> {
    const conditions = Object.entries(filter).filter(([, value]) => value !== undefined) as [
      keyof SessionFilter,
      string,
    ][];
    if (!filter.id && !filter.tenantId && !filter.userId) throw new Error('Name the sessions that end');
    const where = conditions.map(([field], n) => `${CONDITIONS[field]} $${n + 3}`).join(' AND ');
    const ended = await this.db.query<EndedSession>(
      `WITH doomed AS (SELECT id FROM auth_sessions
         WHERE revoked_at IS NULL AND expires_at > $1 AND ${where} ORDER BY id FOR UPDATE)
       UPDATE auth_sessions s SET revoked_at = $1, revoked_reason = $2 FROM doomed WHERE s.id = doomed.id
       RETURNING s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", s.created_at AS "createdAt"`,
      [at, reason, ...conditions.map(([, value]) => value)],
    );
    for (const { id, tenantId, userId } of ended) {
      await this.outbox.add(sessionRevokedV1, { userId, sessionId: id, reason }, { subject: id, tenantId });
    }
    await this.impersonations.follow(
      ended.map(({ id }) => id),
      reason,
      at,
    );
    return ended;
  }
}
