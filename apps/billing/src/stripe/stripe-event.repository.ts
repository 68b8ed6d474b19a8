import { Injectable } from '@nestjs/common';
import type { StripeReceivedV1 } from '@parley/contracts';
import { Database } from '@parley/persistence';

export type EventOutcome = 'applied' | 'ignored' | 'unmatched';

export interface OpenEvent {
  readonly eventId: string;
  readonly type: string;
  readonly objectId: string;
  readonly customerId: string | null;
}

/** What Stripe told and what became of it; the second barrier against doubles, by Stripe's id. In system scope. */
@Injectable()
export class StripeEventRepository {
  constructor(private readonly database: Database) {}

  /** @returns false when it was told before */
  async add(
    { eventId, type, createdAt }: StripeReceivedV1,
    objectId: string | null,
    customerId: string | null,
  ): Promise<boolean> {
    const added = await this.database.execute(
      `INSERT INTO stripe_events (event_id, type, object_id, stripe_customer_id, outcome, created_at, processed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (event_id) DO NOTHING`,
      [
        eventId,
        type,
        objectId,
        customerId,
        objectId ? null : 'ignored',
        createdAt,
        objectId ? null : new Date(),
      ],
    );
    return added > 0;
  }

  /** Told long ago and not acted on: the oldest first. */
  openFor(minutes: number, limit: number): Promise<OpenEvent[]> {
    return this.database.query<OpenEvent>(
      `SELECT event_id AS "eventId", type, object_id AS "objectId", stripe_customer_id AS "customerId"
       FROM stripe_events WHERE processed_at IS NULL AND received_at < now() - $1 * interval '1 minute'
       ORDER BY received_at LIMIT $2`,
      [minutes, limit],
    );
  }

  async waitingFor(objectId: string): Promise<string[]> {
    const rows = await this.database.query<{ eventId: string }>(
      'SELECT event_id AS "eventId" FROM stripe_events WHERE object_id = $1 AND processed_at IS NULL',
      [objectId],
    );
    return rows.map(({ eventId }) => eventId);
  }

  async settle(eventIds: readonly string[], outcome: EventOutcome, tenantId: string | null): Promise<void> {
    await this.database.execute(
      `UPDATE stripe_events SET outcome = $2, tenant_id = $3, processed_at = now() WHERE event_id = ANY($1)`,
      [eventIds, outcome, tenantId],
    );
  }
}
