import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, sessionRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ImpersonationEndings } from '../impersonation/impersonation-endings.service';
import { type AuditedAct, AuditTrail } from '../audit/audit-trail';

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
  reason: string;
}

export interface SessionEnding {
  readonly filter: SessionFilter;
  readonly reason: string;
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

  /** `endAll` of one kind. */
  end(
    filter: SessionFilter,
    reason: string,
    at: Date,
    acts: readonly AuditedAct[] = [],
  ): Promise<EndedSession[]> {
    return this.endAll([{ filter, reason }], at, acts);
  }

  /**
   * Live sessions only, locked in the order of their ids so that two at once cannot wait for each other: so what a
   * transaction ends for several reasons it ends here together. The first reason that fits a session is its own. Lock
   * the tenant or person they belong to first: sign-in holds both while it adds a session.
   * @param acts what else goes into the audit trail: call this last in the transaction
   */
  async endAll(
    endings: readonly SessionEnding[],
    at: Date,
    acts: readonly AuditedAct[] = [],
  ): Promise<EndedSession[]> {
    const values: unknown[] = [at];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const cases = endings.map(({ filter, reason }) => ({
      condition: conditionOf(filter, bind),
      reason: `${bind(reason)}::text`,
    }));
    const ended = await this.db.query<EndedSession>(
      `WITH doomed AS (SELECT id,
           CASE ${cases.map(({ condition, reason }) => `WHEN ${condition} THEN ${reason}`).join(' ')} END AS reason
         FROM auth_sessions WHERE revoked_at IS NULL AND expires_at > $1
           AND (${cases.map(({ condition }) => condition).join(' OR ')}) ORDER BY id FOR UPDATE)
       UPDATE auth_sessions s SET revoked_at = $1, revoked_reason = doomed.reason FROM doomed WHERE s.id = doomed.id
       RETURNING s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", s.created_at AS "createdAt", doomed.reason`,
      values,
    );
    for (const { id, tenantId, userId, reason } of ended) {
      await this.outbox.add(sessionRevokedV1, { userId, sessionId: id, reason }, { subject: id, tenantId });
    }
    await this.impersonations.follow(ended, at);
    const [only] = endings.length === 1 ? endings : [];
    await this.audit.recordAll([...endingsOf(ended, only?.filter ?? {}), ...acts]);
    return ended;
  }
}

function conditionOf(filter: SessionFilter, bind: (value: unknown) => string): string {
  const { id, tenantId, userId, userIds, familyId, agencyId } = filter;
  if (!id && !tenantId && !userId && !userIds && !familyId && !agencyId)
    throw new Error('Name the sessions that end');
  const given = Object.entries(filter).filter(([, value]) => value !== undefined) as [
    keyof SessionFilter,
    string | readonly string[],
  ][];
  return `(${given.map(([field, value]) => CONDITIONS[field].replace('?', bind(value))).join(' AND ')})`;
}

/** One row per tenant, however many sessions ended there; those of one tenant ended for one reason. */
function endingsOf(ended: readonly EndedSession[], { userId, userIds }: SessionFilter): AuditedAct[] {
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
    after: { reason: sessions[0]?.reason, sessions: sessions.length, ...whose(sessions) },
    tenantId,
    ...(actorUserId ? { actorUserId } : {}),
  }));
}
