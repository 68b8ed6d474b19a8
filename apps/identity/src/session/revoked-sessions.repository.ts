import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface RevokedRow {
  id: string;
  revokedAt: Date;
}

@Injectable()
export class RevokedSessionsRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Oldest first; what comes after `after` begins strictly behind it. */
  async page(
    since: string,
    after: { at: string; id: string } | undefined,
    limit: number,
  ): Promise<RevokedRow[]> {
    return this.db.query<RevokedRow>(
      `SELECT id, revoked_at AS "revokedAt" FROM auth_sessions
       WHERE revoked_at >= $1 AND ($2::timestamptz IS NULL OR (revoked_at, id) > ($2, $3::uuid))
       ORDER BY revoked_at, id LIMIT $4`,
      [since, after?.at ?? null, after?.id ?? null, limit],
    );
  }
}
