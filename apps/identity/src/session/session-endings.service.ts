import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, sessionRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ImpersonationEndings } from '../impersonation/impersonation-endings.service';
import { type OwnAct, AuditTrail } from '../audit/audit-trail';

/** Which sessions: those that match every field given. */
export interface SessionFilter {
  id?: string;
  tenantId?: string;
  tenantIds?: readonly string[];
  /** Of people who work there for this agency. */
  agencyId?: string;
  userId?: string;
  /** A session with all that it became, or came from, by switches of tenant. */
  familyId?: string;
  /** Of several people at once: ending theirs one after another would hold the audit chains in between. */
  userIds?: readonly string[];
  /** The session that goes on. */
  exceptId?: string;
}

export interface EndedSession {
  id: string;
  tenantId: string;
  userId: string;
  createdAt: Date;
}

const CONDITIONS = {
  id: 'id = ?',
  tenantId: 'tenant_id = ?',
  tenantIds: 'tenant_id = ANY (?::uuid[])',
  agencyId:
    '(tenant_id, user_id) IN (SELECT m.tenant_id, m.user_id FROM memberships m WHERE m.via_agency = ?)',
  userId: 'user_id = ?',
  familyId: 'coalesce(family_id, id) = ?',
  userIds: 'user_id = ANY (?::uuid[])',
  exceptId: 'id <> ?',
} as const satisfies Record<keyof SessionFilter, string>;

/** Ends sessions and tells every gateway, in the caller's transaction. */
@Injectable()
export class SessionEndings {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ImpersonationEndings) private readonly impersonations: ImpersonationEndings,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * Live sessions only, locked in the order of their ids so that two at once cannot wait for each other. Lock the
   * tenant or person they belong to first: sign-in holds both while it adds a session.
   * @param acts what else goes into the audit trail: call this last in the transaction
   */
  async end(
    filter: SessionFilter,
    reason: string,
    at: Date,
    acts: readonly OwnAct[] = [],
  ): Promise<EndedSession[]> {
    const conditions = Object.entries(filter).filter(([, value]) => value !== undefined) as [
      keyof SessionFilter,
      string | readonly string[],
    ][];
    if (!filter.id && !filter.tenantId && !filter.userId && !filter.agencyId)
      throw new Error('Name the sessions that end');
    const where = conditions.map(([field], n) => CONDITIONS[field].replace('?', `$${n + 3}`)).join(' AND ');
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
    await this.audit.recordAll([...endingsOf(ended, reason, filter), ...acts]);
    return ended;
  }
}

/** One row per tenant, however many sessions ended there. */
function endingsOf(
  ended: readonly EndedSession[],
  reason: string,
  { userId, userIds }: SessionFilter,
): OwnAct[] {
  const actorUserId = currentCaller().userId ?? userId;
  const whose = (sessions: readonly EndedSession[]): object => {
    if (userId) return { userId };
    return userIds ? { userIds: [...new Set(sessions.map((session) => session.userId))] } : {};
  };
  const byTenant = new Map<string, EndedSession[]>();
  for (const session of ended)
    byTenant.set(session.tenantId, [...(byTenant.get(session.tenantId) ?? []), session]);
  return [...byTenant].map(([tenantId, sessions]) => ({
    action: 'session.revoked',
    resourceType: 'session',
    ...(sessions.length === 1 && sessions[0] ? { resourceId: sessions[0].id } : {}),
    after: { reason, sessions: sessions.length, ...whose(sessions) },
    tenantId,
    ...(actorUserId ? { actorUserId } : {}),
  }));
}
