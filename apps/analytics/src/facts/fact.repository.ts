import { Injectable } from '@nestjs/common';
import type { SmsReceivedV1 } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { CallFact, DatedFact } from './call-fact';

interface FactRow extends Omit<CallFact, 'version'> {
  version: string;
  date: string;
}

/** One row per call and message, on its local day; every figure can be worked out again from here. */
@Injectable()
export class FactRepository {
  constructor(private readonly database: Database) {}

  async findCall(tenantId: string, callId: string): Promise<DatedFact | undefined> {
    const [row] = await this.database.query<FactRow>(
      `SELECT call_id AS "callId", version, date::text, direction, status, outcome, ai_handled AS "aiHandled",
              missed, duration_seconds AS "durationSeconds", billed_minutes AS "billedMinutes",
              provider_cost_cents AS "providerCostCents", started_at AS "startedAt", ended_at AS "endedAt"
       FROM call_facts WHERE tenant_id = $1 AND call_id = $2`,
      [tenantId, callId],
    );
    if (!row) return undefined;
    const { date, version, ...fact } = row;
    return { date, fact: { ...fact, version: Number(version) } };
  }

  /** @returns the day the call belongs to */
  async saveCall(tenantId: string, fact: CallFact, timezone: string): Promise<string> {
    const [saved] = await this.database.query<{ date: string }>(
      `INSERT INTO call_facts (tenant_id, call_id, version, date, direction, status, outcome, ai_handled, missed,
         duration_seconds, billed_minutes, provider_cost_cents, started_at, ended_at)
       VALUES ($1, $2, $3, ($12::timestamptz AT TIME ZONE $14)::date, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       ON CONFLICT (tenant_id, call_id) DO UPDATE SET
         version = excluded.version, date = excluded.date, direction = excluded.direction,
         status = excluded.status, outcome = excluded.outcome, ai_handled = excluded.ai_handled,
         missed = excluded.missed, duration_seconds = excluded.duration_seconds,
         billed_minutes = excluded.billed_minutes, provider_cost_cents = excluded.provider_cost_cents,
         started_at = excluded.started_at, ended_at = excluded.ended_at
       RETURNING date::text`,
      [
        tenantId,
        fact.callId,
        fact.version,
        fact.direction,
        fact.status,
        fact.outcome,
        fact.aiHandled,
        fact.missed,
        fact.durationSeconds,
        fact.billedMinutes,
        fact.providerCostCents,
        fact.startedAt,
        fact.endedAt,
        timezone,
      ],
    );
    if (!saved) throw new Error('An upsert returned no row');
    return saved.date;
  }

  /** @returns the day the message belongs to, or undefined when it was known before */
  async addMessage(tenantId: string, message: SmsReceivedV1, timezone: string): Promise<string | undefined> {
    const [added] = await this.database.query<{ date: string }>(
      `INSERT INTO message_facts (tenant_id, message_id, date, segments, received_at)
       VALUES ($1, $2, ($4::timestamptz AT TIME ZONE $5)::date, $3, $4)
       ON CONFLICT DO NOTHING RETURNING date::text`,
      [tenantId, message.messageId, message.segments, message.receivedAt, timezone],
    );
    return added?.date;
  }

  /** Puts every fact of a tenant on its day in another time zone. */
  async moveTo(tenantId: string, timezone: string): Promise<void> {
    for (const [table, instant] of [
      ['call_facts', 'started_at'],
      ['message_facts', 'received_at'],
    ]) {
      await this.database.execute(
        `UPDATE ${table} SET date = (${instant} AT TIME ZONE $2)::date
         WHERE tenant_id = $1 AND date <> (${instant} AT TIME ZONE $2)::date`,
        [tenantId, timezone],
      );
    }
  }
}
