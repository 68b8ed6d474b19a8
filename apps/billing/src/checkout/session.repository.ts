import { Injectable } from '@nestjs/common';
import { type CheckoutKind, isUuid, newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { SessionFacts } from '../stripe/stripe-facts';

export interface SessionRow {
  readonly id: string;
  readonly sessionId: string;
  readonly kind: CheckoutKind;
  readonly offer: string;
  readonly url: string;
  readonly status: SessionFacts['status'];
  readonly paymentStatus: string;
  readonly expiresAt: Date;
}

export type NewSession = Omit<SessionRow, 'id' | 'status' | 'paymentStatus'> & {
  readonly tenantId: string;
  readonly userId: string | null;
};

const COLUMNS = `id, stripe_session_id AS "sessionId", kind, offer, url, status, payment_status AS "paymentStatus",
  expires_at AS "expiresAt"`;

@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  /** The same session, asked for again, stays the same row. */
  async add(session: NewSession): Promise<SessionRow> {
    const { tenantId, userId, kind, sessionId, offer, url, expiresAt } = session;
    const [row] = await this.database.query<SessionRow>(
      `INSERT INTO checkout_sessions (id, tenant_id, user_id, kind, stripe_session_id, offer, url, status,
         payment_status, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', 'unpaid', $8)
       ON CONFLICT (stripe_session_id) DO UPDATE SET url = excluded.url
       RETURNING ${COLUMNS}`,
      [newId(), tenantId, userId, kind, sessionId, offer, url, expiresAt],
    );
    if (!row) throw new Error('A checkout session was not stored');
    return row;
  }

  async find(tenantId: string, id: string): Promise<SessionRow | undefined> {
    const [row] = await this.database.query<SessionRow>(
      `SELECT ${COLUMNS} FROM checkout_sessions
       WHERE tenant_id = $1 AND ${isUuid(id) ? 'id = $2' : 'stripe_session_id = $2'}`,
      [tenantId, id],
    );
    return row;
  }

  /** What is over is not open again. */
  async follow(tenantId: string, { id, status, paymentStatus }: SessionFacts): Promise<void> {
    await this.database.execute(
      `UPDATE checkout_sessions SET status = $3, payment_status = $4,
         completed_at = CASE WHEN $3 = 'completed' THEN coalesce(completed_at, now()) END
       WHERE tenant_id = $1 AND stripe_session_id = $2 AND NOT (status <> 'open' AND $3 = 'open')
         AND payment_status <> 'paid'`,
      [tenantId, id, status, paymentStatus],
    );
  }
}
