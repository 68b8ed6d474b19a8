import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { errorOf } from './answer';
import type { AttemptResult, ClaimedDelivery } from './claimed-delivery';
import { BROKEN_AFTER, type EndpointHealth } from './endpoint-health';
import type { Step } from './next-step';

export interface Claim {
  readonly endpointId: string;
  /** How many more may be sent at the same time. */
  readonly room: number;
  readonly inFlight: number;
}

export interface LockedEndpoint extends EndpointHealth {
  readonly name: string;
  readonly status: string;
}

/** What was due and to whom: claims and outcomes, each one statement however many deliveries. */
@Injectable()
export class SendingRepository {
  constructor(private readonly database: Database) {}

  /**
   * Marks due deliveries as being delivered and returns them. None while the endpoint rests or is not active, or its
   * tenant is suspended; one
   * at a time while it is broken. The database's clock decides, since it also decides when jobs run.
   */
  claim({ endpointId, room, inFlight }: Claim): Promise<ClaimedDelivery[]> {
    return this.database.query<ClaimedDelivery>(
      `WITH endpoint AS (
         SELECT * FROM webhook_endpoints w WHERE w.id = $1 AND w.status = 'active'
           AND NOT EXISTS (SELECT FROM tenant_standings s WHERE s.tenant_id = w.tenant_id AND s.suspended)),
       due AS (
         SELECT d.id FROM webhook_deliveries d JOIN endpoint p ON p.id = d.endpoint_id
         WHERE d.endpoint_id = $1 AND d.status IN ('pending', 'failed') AND d.next_attempt_at <= now()
           AND (p.resting_until IS NULL OR p.resting_until <= now() OR d.is_test)
         ORDER BY d.next_attempt_at
         LIMIT (SELECT CASE WHEN consecutive_failures < $4 THEN $2::int ELSE greatest(0, 1 - $3::int) END FROM endpoint)
         FOR UPDATE OF d SKIP LOCKED)
       UPDATE webhook_deliveries d
       SET status = 'delivering', attempts = d.attempts + 1, claimed_at = now(), next_attempt_at = NULL
       FROM due, endpoint p, webhook_events e
       WHERE d.id = due.id AND e.tenant_id = d.tenant_id AND e.id = d.event_id
       RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event_type AS "eventType",
         d.attempts AS attempt, d.max_attempts AS "maxAttempts", d.is_test AS "isTest", d.payload_format AS format,
         CASE d.payload_format WHEN 'n8n' THEN e.n8n_body WHEN 'flat' THEN e.flat_body ELSE e.standard_body END AS body,
         p.url, p.secret_enc AS "secretEnc", p.headers_enc AS "headersEnc", p.schedule,
         CASE WHEN p.prev_secret_until > now() THEN p.prev_secret_enc END AS "prevSecretEnc",
         p.consecutive_failures AS "consecutiveFailures"`,
      [endpointId, room, inFlight, BROKEN_AFTER],
    );
  }

  /**
   * Writes attempts and where their deliveries stand now. An attempt that somebody else has taken over meanwhile
   * is left out.
   * @returns ids of the deliveries recorded
   */
  async record(outcomes: readonly { result: AttemptResult; step: Step }[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `WITH outcome AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS o(id uuid, number int, started_at timestamptz,
           ended_at timestamptz, request_headers jsonb, response_status int, response_headers jsonb,
           response_body text, duration_ms int, error text, status text, next_attempt_at timestamptz)),
       recorded AS (
         UPDATE webhook_deliveries d
         SET status = o.status, next_attempt_at = o.next_attempt_at, claimed_at = NULL,
           response_status = o.response_status, duration_ms = o.duration_ms, last_error = o.error,
           delivered_at = CASE WHEN o.status = 'delivered' THEN o.ended_at ELSE d.delivered_at END
         FROM outcome o WHERE d.id = o.id AND d.status = 'delivering' AND d.attempts = o.number
         RETURNING d.id, d.tenant_id)
       INSERT INTO webhook_attempts (delivery_id, tenant_id, number, started_at, request_headers, response_status,
         response_headers, response_body, duration_ms, error)
       SELECT r.id, r.tenant_id, o.number, o.started_at, o.request_headers, o.response_status,
         o.response_headers, o.response_body, o.duration_ms, o.error
       FROM recorded r JOIN outcome o ON o.id = r.id
       RETURNING delivery_id AS id`,
      [JSON.stringify(outcomes.map(toRow))],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async lockEndpoint(id: string): Promise<LockedEndpoint | undefined> {
    const [row] = await this.database.query<LockedEndpoint>(
      `SELECT name, status, consecutive_failures AS "consecutiveFailures", failing_since AS "failingSince",
         resting_until AS "restingUntil"
       FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE`,
      [id],
    );
    return row;
  }

  async saveHealth(id: string, health: EndpointHealth): Promise<void> {
    const { consecutiveFailures, failingSince, restingUntil, stopped } = health;
    await this.database.execute(
      `UPDATE webhook_endpoints SET consecutive_failures = $2, failing_since = $3, resting_until = $4,
         status = coalesce($5, status), status_reason = coalesce($6, status_reason), updated_at = now()
       WHERE id = $1`,
      [id, consecutiveFailures, failingSince, restingUntil, stopped?.status ?? null, stopped?.reason ?? null],
    );
  }
}

function toRow({ result, step }: { result: AttemptResult; step: Step }): object {
  const { delivery, startedAt, endedAt, requestHeaders, answer } = result;
  return {
    id: delivery.id,
    number: delivery.attempt,
    started_at: startedAt,
    ended_at: endedAt,
    request_headers: requestHeaders,
    response_status: answer.status,
    response_headers: answer.headers,
    response_body: answer.body,
    duration_ms: answer.durationMs,
    error: errorOf(answer),
    status: step.status,
    next_attempt_at: step.status === 'failed' ? step.nextAttemptAt : null,
  };
}
