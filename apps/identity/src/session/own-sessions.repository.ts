import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface LivingSession {
  id: string;
  ip: string | null;
  userAgent: string | null;
  place: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Sessions of one person, in whatever tenant they were opened. */
@Injectable()
export class OwnSessionsRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async list(
    userId: string,
    at: Date,
    after: { at: string; id: string } | undefined,
    limit: number,
  ): Promise<LivingSession[]> {
    return this.db.query<LivingSession>(
      `SELECT id, host(ip) AS ip, user_agent AS "userAgent", place, created_at AS "createdAt",
         last_seen_at AS "lastSeenAt", expires_at AS "expiresAt"
       FROM auth_sessions WHERE user_id = $1 AND impersonator_id IS NULL AND revoked_at IS NULL AND expires_at > $2
         AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [userId, at, after?.at ?? null, after?.id ?? null, limit],
    );
  }
}
