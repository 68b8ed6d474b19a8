import { Inject, Injectable } from '@nestjs/common';
import { type AuthMethod, SECOND_FACTORS } from '@parley/contracts';
import { Database } from '@parley/persistence';

/** When and how the holder of a session proved who they are. */
export interface Proof {
  at: Date;
  methods: AuthMethod[];
}

export const hasSecondFactor = (methods: readonly AuthMethod[]): boolean =>
  methods.some((method) => SECOND_FACTORS.includes(method));

const LIVING = 'id = $1 AND user_id = $2 AND revoked_at IS NULL';
const WITH_METHOD = 'amr = CASE WHEN $3 = ANY (amr) THEN amr ELSE amr || $3::text END';

/** In the system scope. */
@Injectable()
export class ProofRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async find(sessionId: string): Promise<Proof | undefined> {
    const [row] = await this.db.query<Proof>(
      'SELECT authenticated_at AS at, amr AS methods FROM auth_sessions WHERE id = $1',
      [sessionId],
    );
    return row;
  }

  /** The person proved themselves anew; the tenant of the session, or nothing when it is over. */
  async renew(
    sessionId: string,
    userId: string,
    method: AuthMethod,
    at: Date,
  ): Promise<{ tenantId: string; methods: AuthMethod[] } | undefined> {
    const [row] = await this.db.query<{ tenantId: string; methods: AuthMethod[] }>(
      `UPDATE auth_sessions SET authenticated_at = $4, ${WITH_METHOD} WHERE ${LIVING} AND expires_at > $4
       RETURNING tenant_id AS "tenantId", amr AS methods`,
      [sessionId, userId, method, at],
    );
    return row;
  }

  /** The person showed a further factor; when they proved who they are stays as it was. */
  async add(sessionId: string, userId: string, method: AuthMethod): Promise<void> {
    await this.db.execute(`UPDATE auth_sessions SET ${WITH_METHOD} WHERE ${LIVING}`, [
      sessionId,
      userId,
      method,
    ]);
  }
}
