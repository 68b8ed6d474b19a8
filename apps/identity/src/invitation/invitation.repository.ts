import { Inject, Injectable } from '@nestjs/common';
import type { GrantableRole, InvitationResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Invitation {
  id: string;
  tenantId: string;
  email: string;
  role: GrantableRole;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
  /** Only the invited mailbox knows the token. */
  mailed: boolean;
}

export type NewInvitation = Omit<Invitation, 'mailed'> & { tokenHash: Buffer };

const COLUMNS = `id, tenant_id AS "tenantId", email::text AS email, role, invited_by AS "invitedBy",
  created_at AS "createdAt", expires_at AS "expiresAt", mailed`;
const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL';

@Injectable()
export class InvitationRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /**
   * Adds an invitation, or renews the one that the address has in this tenant; its old token is void.
   * @param countedSince mails from before are forgotten
   */
  async put(invitation: NewInvitation, countedSince: Date): Promise<Invitation> {
    const { id, tenantId, email, role, tokenHash, invitedBy, createdAt, expiresAt } = invitation;
    const [row] = await this.db.query<Invitation>(
      `INSERT INTO invitations (id, tenant_id, email, role, token_hash, invited_by, created_at, expires_at,
         mailed, mails, mails_since)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, 1, $7)
       ON CONFLICT (tenant_id, email) WHERE ${OPEN} DO UPDATE SET role = excluded.role,
         token_hash = excluded.token_hash, invited_by = excluded.invited_by, expires_at = excluded.expires_at,
         mailed = true, (mails, mails_since) = (SELECT CASE WHEN since > $9 THEN invitations.mails + 1 ELSE 1 END,
           CASE WHEN since > $9 THEN since ELSE excluded.mails_since END
           FROM (SELECT coalesce(invitations.mails_since, invitations.created_at)) AS counted (since))
       RETURNING ${COLUMNS}`,
      [id, tenantId, email, role, tokenHash, invitedBy, createdAt, expiresAt, countedSince],
    );
    if (!row) throw new Error('An upsert returned no row');
    return row;
  }

  async findOpen(tokenHash: Buffer, at: Date): Promise<Invitation | undefined> {
    const [row] = await this.db.query<Invitation>(
      `SELECT ${COLUMNS} FROM invitations WHERE token_hash = $1 AND ${OPEN} AND expires_at > $2`,
      [tokenHash, at],
    );
    return row;
  }

  /** The invitation as it is used up, or nothing when it was renewed, revoked or used meanwhile. */
  async use(tokenHash: Buffer, userId: string, at: Date): Promise<Invitation | undefined> {
    const [row] = await this.db.query<Invitation>(
      `UPDATE invitations SET accepted_at = $2, accepted_by = $3
       WHERE token_hash = $1 AND ${OPEN} AND expires_at > $2 RETURNING ${COLUMNS}`,
      [tokenHash, at, userId],
    );
    return row;
  }

  async revoke(tenantId: string, id: string, at: Date): Promise<Invitation | undefined> {
    const [row] = await this.db.query<Invitation>(
      `UPDATE invitations SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND ${OPEN} RETURNING ${COLUMNS}`,
      [tenantId, id, at],
    );
    return row;
  }

  /** Mails that this tenant had sent to the address, of invitations whose count began after `since`. */
  async countMails(tenantId: string, email: string, since: Date): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `SELECT coalesce(sum(mails), 0)::int AS n FROM invitations
       WHERE tenant_id = $1 AND email = $2 AND coalesce(mails_since, created_at) > $3`,
      [tenantId, email, since],
    );
    return row?.n ?? 0;
  }

  /** Open invitations of other addresses: each holds a seat. */
  async countOthers(tenantId: string, email: string, at: Date): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM invitations
       WHERE tenant_id = $1 AND email <> $2 AND ${OPEN} AND expires_at > $3`,
      [tenantId, email, at],
    );
    return row?.n ?? 0;
  }

  /** Newest first, `limit + 1` rows. */
  async page(tenantId: string, before: string | null, limit: number, at: Date): Promise<Invitation[]> {
    return this.db.query<Invitation>(
      `SELECT ${COLUMNS} FROM invitations WHERE tenant_id = $1 AND ${OPEN} AND expires_at > $4
         AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [tenantId, before, limit + 1, at],
    );
  }
}

export const toInvitationResponse = (invitation: Invitation): InvitationResponse => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  invitedBy: invitation.invitedBy,
  createdAt: invitation.createdAt.toISOString(),
  expiresAt: invitation.expiresAt.toISOString(),
});
