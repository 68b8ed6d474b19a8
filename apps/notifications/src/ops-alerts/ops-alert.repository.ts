import { Inject, Injectable } from '@nestjs/common';
import { newId, type OpsAlertRaisedV1 } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { MAX_ATTEMPTS, type OpsAlert } from './ops-alert';

export type ClaimedAlert = OpsAlert & { readonly attempts: number };

/** Anybody's event may add an alert; only the system scope reads and changes them. */
@Injectable()
export class OpsAlertRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** @returns its id; nothing when the same was told before */
  async add(alert: OpsAlertRaisedV1, toSlack: boolean): Promise<string | undefined> {
    const id = newId();
    const { kind, severity, tenantId, message, details, dedupeKey } = alert;
    // No conflict target: naming one would need the right to read, which tenants have not.
    const added = await this.db.execute(
      `INSERT INTO ops_alerts (id, dedupe_key, kind, severity, tenant_id, message, details, slack_status)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        ...[id, dedupeKey, kind, severity, tenantId ?? null, message, JSON.stringify(details)],
        toSlack ? 'queued' : 'none',
      ],
    );
    return added > 0 ? id : undefined;
  }

  /** Counts the try before it is made: one that kills the process counts too. */
  async claim(id: string): Promise<ClaimedAlert | undefined> {
    const [row] = await this.db.query<ClaimedAlert>(
      `UPDATE ops_alerts SET slack_attempts = slack_attempts + 1
       WHERE id = $1 AND slack_status = 'queued' AND slack_attempts < $2
       RETURNING id, dedupe_key AS "dedupeKey", kind, severity, tenant_id AS "tenantId", message, details,
         slack_attempts AS attempts`,
      [id, MAX_ATTEMPTS],
    );
    return row;
  }

  async settle(id: string, status: 'queued' | 'sent' | 'failed', error: string | undefined): Promise<void> {
    await this.db.execute(
      `UPDATE ops_alerts SET slack_status = $2, slack_error = $3, told_at = CASE WHEN $2 = 'sent' THEN now() END,
         attempts_log = attempts_log || jsonb_build_object('at', now(), 'attempt', slack_attempts, 'error', $3::text)
       WHERE id = $1`,
      [id, status, error ?? null],
    );
  }

  /** A process died in its last try: nobody knows whether it was told. */
  async giveUp(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE ops_alerts SET slack_status = 'failed', slack_error = coalesce(slack_error, 'the last try was cut short')
       WHERE id = $1 AND slack_status = 'queued' AND slack_attempts >= $2`,
      [id, MAX_ATTEMPTS],
    );
  }
}
