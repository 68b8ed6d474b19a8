import { Inject, Injectable } from '@nestjs/common';
import type { Locale } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { OutgoingMail } from './mailer';

export interface NewEmail extends OutgoingMail {
  readonly userId: string | null;
  readonly tenantId: string | undefined;
  /** What it was made from. */
  readonly template: string;
  readonly locale: Locale;
}

export interface ClaimedEmail extends OutgoingMail {
  /** This one included. */
  readonly attempts: number;
}

/** The last mail to somebody who asked to be forgotten must not be what remembers them. */
const FORGOTTEN = `to_address = CASE template_key WHEN 'erasure_done' THEN 'erased@erased.invalid' ELSE to_address END`;

/** Tenants may add mails; only the system scope reads and changes them. */
@Injectable()
export class EmailRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add({ id, tenantId, userId, template, locale, to, subject, html, text }: NewEmail): Promise<void> {
    await this.db.execute(
      `INSERT INTO emails (id, tenant_id, user_id, template_key, locale, to_address, subject, html_body, text_body,
         provider, next_attempt_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'resend', now())`,
      [id, tenantId ?? null, userId, template, locale, to, subject, html, text],
    );
  }

  /** Takes a waiting mail for one attempt. Nothing when it is not due: another process has it, or it is settled. */
  async claim(id: string, forMs: number): Promise<ClaimedEmail | undefined> {
    const [row] = await this.db.query<ClaimedEmail>(
      `UPDATE emails SET attempts = attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
       WHERE id = $1 AND status = 'queued' AND next_attempt_at <= now()
       RETURNING id, to_address::text AS to, subject, html_body AS html, text_body AS text, attempts`,
      [id, forMs],
    );
    return row;
  }

  async markSent(id: string, providerId: string): Promise<void> {
    await this.db.execute(
      `UPDATE emails SET status = 'sent', provider_id = $2, sent_at = now(), error = NULL,
         next_attempt_at = NULL, html_body = NULL, text_body = NULL, ${FORGOTTEN} WHERE id = $1`,
      [id, providerId],
    );
  }

  async markFailed(id: string, error: string): Promise<void> {
    await this.db.execute(
      `UPDATE emails SET status = 'failed', error = $2,
         next_attempt_at = NULL, html_body = NULL, text_body = NULL, ${FORGOTTEN} WHERE id = $1`,
      [id, error],
    );
  }

  /** @returns when it is due again, by the database's clock; to the millisecond, as a Date can hold it */
  async postpone(id: string, error: string, seconds: number): Promise<Date | undefined> {
    const [row] = await this.db.query<{ at: Date }>(
      `UPDATE emails SET error = $2, next_attempt_at = date_trunc('milliseconds', now() + $3 * interval '1 second')
       WHERE id = $1 AND status = 'queued' RETURNING next_attempt_at AS at`,
      [id, error, seconds],
    );
    return row?.at;
  }

  /** Mails whose job got lost with its process. */
  async overdue(byMs: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT id FROM emails WHERE status = 'queued' AND next_attempt_at < now() - $1 * interval '1 millisecond'
       ORDER BY next_attempt_at LIMIT 1000`,
      [byMs],
    );
    return rows.map(({ id }) => id);
  }

  /** Settled mails only. */
  async prune(before: Date): Promise<number> {
    return this.db.execute(`DELETE FROM emails WHERE created_at < $1 AND status <> 'queued'`, [before]);
  }
}
