import { Inject, Injectable } from '@nestjs/common';
import { newId, type SmsKeyword } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { MessageObservation } from '../observations';

/** Reports come in any order: a message only moves to the right. */
const STATUS_ORDER = `ARRAY['queued', 'sent', 'failed', 'delivered', 'received']`;

@Injectable()
export class MessageRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Adds a message, or what is new about it. */
  async record(
    tenantId: string,
    observation: MessageObservation,
    keyword: SmsKeyword | null,
  ): Promise<{ id: string; isNew: boolean }> {
    const { direction, from, to, body, provider, providerMessageId, status, segments, error, occurredAt } =
      observation;
    const sent = direction === 'outbound' && status !== 'queued';
    const [row] = await this.database.query<{ id: string; isNew: boolean }>(
      `INSERT INTO messages AS m (id, tenant_id, direction, from_number, to_number, body, provider,
         provider_message_id, status, kind, keyword, segments, error, created_at, sent_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE $3 WHEN 'inbound' THEN 'inbound' END, $10, $11, $12, $13, $14)
       ON CONFLICT (tenant_id, provider, provider_message_id) DO UPDATE SET
         status = CASE WHEN array_position(${STATUS_ORDER}, EXCLUDED.status) > array_position(${STATUS_ORDER}, m.status)
           THEN EXCLUDED.status ELSE m.status END,
         body = coalesce(EXCLUDED.body, m.body),
         keyword = coalesce(EXCLUDED.keyword, m.keyword),
         segments = coalesce(m.segments, EXCLUDED.segments),
         error = coalesce(EXCLUDED.error, m.error),
         sent_at = coalesce(m.sent_at, EXCLUDED.sent_at),
         updated_at = now()
       RETURNING id, xmax = 0 AS "isNew"`,
      [
        newId(),
        tenantId,
        direction,
        from,
        to,
        body ?? null,
        provider,
        providerMessageId,
        status,
        keyword,
        segments ?? null,
        error ?? null,
        occurredAt,
        sent ? occurredAt : null,
      ],
    );
    if (!row) throw new Error(`Message ${provider}:${providerMessageId} was not stored`);
    return row;
  }

  /** The later of all wishes holds, in whatever order they come. */
  async recordWish(tenantId: string, phone: string, keyword: 'STOP' | 'START', at: Date): Promise<void> {
    const column = keyword === 'STOP' ? 'opted_out_at' : 'opted_in_at';
    await this.database.execute(
      `INSERT INTO sms_opt_outs AS o (id, tenant_id, phone_e164, keyword, ${column}) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, phone_e164) DO UPDATE SET
         keyword = CASE WHEN EXCLUDED.${column} >= greatest(o.opted_out_at, o.opted_in_at)
           THEN EXCLUDED.keyword ELSE o.keyword END,
         ${column} = greatest(o.${column}, EXCLUDED.${column})`,
      [newId(), tenantId, phone, keyword, at],
    );
  }
}
