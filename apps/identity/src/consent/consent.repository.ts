import { Inject, Injectable } from '@nestjs/common';
import { type ConsentPurpose, newId } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Consent {
  purpose: ConsentPurpose;
  version: string;
  granted: boolean;
  source: 'account' | 'api';
  ip: string | null;
  userAgent: string | null;
  at: Date;
}

const COLUMNS = 'purpose, version, granted, source, ip, user_agent AS "userAgent", at';
const HISTORY = 200;

/** Every answer is kept; the last one holds. People's own: in the system scope. */
@Injectable()
export class ConsentRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Answers of one person take turns. */
  async lock(userId: string): Promise<void> {
    await this.db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `identity.consent.${userId}`,
    ]);
  }

  current(userId: string): Promise<Consent[]> {
    return this.db.query<Consent>(
      `SELECT DISTINCT ON (purpose) ${COLUMNS} FROM consents WHERE user_id = $1
       ORDER BY purpose, at DESC, id DESC`,
      [userId],
    );
  }

  history(userId: string): Promise<Consent[]> {
    return this.db.query<Consent>(
      `SELECT ${COLUMNS} FROM consents WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT ${HISTORY}`,
      [userId],
    );
  }

  async add(userId: string, consent: Consent): Promise<void> {
    const { purpose, version, granted, source, ip, userAgent, at } = consent;
    await this.db.execute(
      `INSERT INTO consents (id, user_id, purpose, version, granted, source, ip, user_agent, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [newId(), userId, purpose, version, granted, source, ip, userAgent, at],
    );
  }
}
