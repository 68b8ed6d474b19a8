import { Inject, Injectable } from '@nestjs/common';
import type { Impersonation, ImpersonationMode, ListAllImpersonationsRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface NewImpersonation {
  id: string;
  tenantId: string;
  userId: string;
  impersonatorId: string;
  sessionId: string;
  grantingSessionId: string;
  mode: ImpersonationMode;
  reason: string;
  startedAt: Date;
  expiresAt: Date;
}

export interface ImpersonationRow extends Omit<
  Impersonation,
  'startedAt' | 'expiresAt' | 'endedAt' | 'impersonatorName'
> {
  sessionId: string;
  impersonatorName: string;
  startedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

const SELECT = `SELECT i.id, i.tenant_id AS "tenantId", i.user_id AS "userId", i.impersonator_id AS "impersonatorId",
  u.name AS "impersonatorName", i.session_id AS "sessionId", i.mode, i.reason, i.created_at AS "startedAt",
  i.expires_at AS "expiresAt", i.ended_at AS "endedAt", i.ended_reason AS "endedReason",
  (SELECT count(*)::int FROM audit_logs a WHERE a.impersonation_id = i.id) AS acts
  FROM impersonations i JOIN users u ON u.id = i.impersonator_id`;

/** In the system scope: the super admin is no member of the tenant. */
@Injectable()
export class ImpersonationRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Of those that ask for the same at once each waits for the one before, until the transaction ends. */
  async takeTurn(sessionId: string, userId: string, mode: ImpersonationMode): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('impersonation:' || $1, 0))`, [
      `${sessionId}:${userId}:${mode}`,
    ]);
  }

  async findLive(
    wanted: Pick<NewImpersonation, 'grantingSessionId' | 'tenantId' | 'userId' | 'mode' | 'reason'> & {
      expiresAfter: Date;
    },
  ): Promise<ImpersonationRow | undefined> {
    const { grantingSessionId, tenantId, userId, mode, reason, expiresAfter } = wanted;
    const [row] = await this.db.query<ImpersonationRow>(
      `${SELECT} WHERE i.granting_session_id = $1 AND i.tenant_id = $2 AND i.user_id = $3 AND i.mode = $4
         AND i.reason = $5 AND i.expires_at > $6 AND i.ended_at IS NULL ORDER BY i.id DESC LIMIT 1`,
      [grantingSessionId, tenantId, userId, mode, reason, expiresAfter],
    );
    return row;
  }

  async add(grant: NewImpersonation, ip: string | undefined, userAgent: string | undefined): Promise<void> {
    const { id, tenantId, userId, impersonatorId, sessionId, startedAt, expiresAt } = grant;
    await this.db.execute(
      `INSERT INTO auth_sessions
         (id, tenant_id, user_id, impersonator_id, ip, created_at, last_seen_at, expires_at, user_agent)
       VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)`,
      [sessionId, tenantId, userId, impersonatorId, ip ?? null, startedAt, expiresAt, userAgent ?? null],
    );
    await this.db.execute(
      `INSERT INTO impersonations (id, tenant_id, user_id, impersonator_id, session_id, granting_session_id, mode,
         reason, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        tenantId,
        userId,
        impersonatorId,
        sessionId,
        grant.grantingSessionId,
        grant.mode,
        grant.reason,
        startedAt,
        expiresAt,
      ],
    );
  }

  /** Keeps a session as it is until the transaction ends; false when it is over or not the person's. */
  async holdSession(id: string, userId: string, at: Date): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM auth_sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 FOR SHARE`,
      [id, userId, at],
    );
    return rows.length > 0;
  }

  /** Keeps a person as they are until the transaction ends. */
  async holdPerson(id: string): Promise<void> {
    await this.db.query('SELECT 1 FROM users WHERE id = $1 FOR SHARE', [id]);
  }

  async find(id: string): Promise<ImpersonationRow | undefined> {
    const [row] = await this.db.query<ImpersonationRow>(`${SELECT} WHERE i.id = $1`, [id]);
    return row;
  }

  /** Newest first, `limit + 1` rows. */
  async page(
    { tenantId, userId, impersonatorId, status }: ListAllImpersonationsRequest,
    { at, before, limit }: { at: Date; before: string | null; limit: number },
  ): Promise<ImpersonationRow[]> {
    return this.db.query<ImpersonationRow>(
      `${SELECT} WHERE ($1::uuid IS NULL OR i.tenant_id = $1) AND ($2::uuid IS NULL OR i.user_id = $2)
         AND ($3::uuid IS NULL OR i.impersonator_id = $3)
         AND ($4::boolean IS NULL OR (i.ended_at IS NULL AND i.expires_at > $5) = $4)
         AND ($6::uuid IS NULL OR i.id < $6)
       ORDER BY i.id DESC LIMIT $7`,
      [
        tenantId ?? null,
        userId ?? null,
        impersonatorId ?? null,
        status === undefined ? null : status === 'active',
        at,
        before,
        limit + 1,
      ],
    );
  }

  /** Live grants and who gave them. */
  async impersonators(): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      'SELECT DISTINCT impersonator_id AS id FROM impersonations WHERE ended_at IS NULL',
    );
    return rows.map(({ id }) => id);
  }

  async ownerOf(tenantId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ id: string }>(
      `SELECT user_id AS id FROM memberships WHERE tenant_id = $1 AND role = 'owner' AND status = 'active'`,
      [tenantId],
    );
    return row?.id;
  }
}
