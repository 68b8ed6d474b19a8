import { Inject, Injectable } from '@nestjs/common';
import type { AuthMethod, CallerContext } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { PresentedToken, SessionState } from './refresh-token';

export interface AuthSession extends SessionState {
  id: string;
  tenantId: string;
  userId: string;
  createdAt: Date;
  /** When its holder last proved who they are, and how they did so far. */
  authenticatedAt: Date;
  amr: AuthMethod[];
}

export interface StoredToken extends PresentedToken {
  id: string;
  parentId: string | null;
}

export interface NewToken {
  id: string;
  session: Pick<AuthSession, 'id' | 'tenantId'>;
  parentId?: string;
  hash: Buffer;
  at: Date;
}

const SESSION = `id, tenant_id AS "tenantId", user_id AS "userId", created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", revoked_reason AS "revokedReason", authenticated_at AS "authenticatedAt", amr`;
const TOKEN = 'id, parent_id AS "parentId", used_at AS "usedAt", successor_enc AS "successorEnc"';

@Injectable()
export class SessionRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add(
    session: Omit<AuthSession, 'revokedAt' | 'revokedReason'>,
    ip: string | undefined,
    { userAgent, place }: Pick<CallerContext, 'userAgent' | 'place'>,
  ): Promise<void> {
    const { id, tenantId, userId, createdAt, expiresAt, authenticatedAt, amr } = session;
    await this.db.execute(
      `INSERT INTO auth_sessions
         (id, tenant_id, user_id, ip, created_at, last_seen_at, expires_at, user_agent, place, authenticated_at, amr)
       VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        tenantId,
        userId,
        ip ?? null,
        createdAt,
        expiresAt,
        userAgent ?? null,
        place ?? null,
        authenticatedAt,
        amr,
      ],
    );
  }

  async addToken({ id, session, parentId, hash, at }: NewToken): Promise<void> {
    await this.db.execute(
      `INSERT INTO refresh_tokens (id, tenant_id, session_id, parent_id, token_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, session.tenantId, session.id, parentId ?? null, hash, at],
    );
  }

  /** What a session of this person shares with those it became, or came from, by switching tenants. */
  async familyOf(id: string, userId: string): Promise<string | undefined> {
    const [session] = await this.db.query<{ familyId: string }>(
      'SELECT coalesce(family_id, id) AS "familyId" FROM auth_sessions WHERE id = $1 AND user_id = $2',
      [id, userId],
    );
    return session?.familyId;
  }

  /** Locks the session before its tokens are read, so that refreshes of one family take turns. */
  async lockByToken(hash: Buffer): Promise<AuthSession | undefined> {
    const [session] = await this.db.query<AuthSession>(
      `SELECT ${SESSION} FROM auth_sessions
       WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $1) FOR UPDATE`,
      [hash],
    );
    return session;
  }

  async findToken(hash: Buffer): Promise<StoredToken | undefined> {
    const [token] = await this.db.query<StoredToken>(
      `SELECT ${TOKEN} FROM refresh_tokens WHERE token_hash = $1`,
      [hash],
    );
    return token;
  }

  /** Marks the token used. Its own parent stops being the direct parent of the current one. */
  async useToken(token: StoredToken, successorEnc: Buffer, at: Date): Promise<void> {
    await this.db.execute('UPDATE refresh_tokens SET used_at = $2, successor_enc = $3 WHERE id = $1', [
      token.id,
      at,
      successorEnc,
    ]);
    if (token.parentId) {
      await this.db.execute('UPDATE refresh_tokens SET successor_enc = NULL WHERE id = $1', [token.parentId]);
    }
  }

  async extend(
    id: string,
    expiresAt: Date,
    at: Date,
    ip: string | undefined,
    { userAgent, place }: Pick<CallerContext, 'userAgent' | 'place'>,
  ): Promise<void> {
    // A place belongs to its address: from a new address that nobody can place, the old one would mislead.
    await this.db.execute(
      `UPDATE auth_sessions SET expires_at = $2, last_seen_at = $3, ip = coalesce($4, ip),
         user_agent = coalesce($5, user_agent),
         place = CASE WHEN $4 IS NULL OR $4 = ip THEN coalesce($6, place) ELSE $6 END WHERE id = $1`,
      [id, expiresAt, at, ip ?? null, userAgent ?? null, place ?? null],
    );
  }

  /** Its tokens carry the platform role. */
  async markSuperAdmin(id: string): Promise<void> {
    await this.db.execute('UPDATE auth_sessions SET super_admin = true WHERE id = $1 AND NOT super_admin', [
      id,
    ]);
  }

  /** Whose live sessions gave out the platform role though they have it no more. */
  async peopleWithoutRole(adminEmails: readonly string[], at: Date): Promise<string[]> {
    const rows = await this.db.query<{ userId: string }>(
      `SELECT DISTINCT s.user_id AS "userId" FROM auth_sessions s JOIN users u ON u.id = s.user_id
       WHERE s.super_admin AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.platform_role <> 'super_admin'
         AND (u.email_verified_at IS NULL OR u.email::text <> ALL ($1::text[])) ORDER BY s.user_id`,
      [adminEmails.map((email) => email.toLowerCase()), at],
    );
    return rows.map(({ userId }) => userId);
  }
}
