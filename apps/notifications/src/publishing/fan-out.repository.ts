import { Injectable } from '@nestjs/common';
import { newId, type PayloadFormat } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { ALL_EVENTS, type OutboundType } from '../formats/event-map';
import type { Bodies, OutboundEvent } from '../formats/outbound-event';

export interface Subscriber {
  readonly endpointId: string;
  readonly format: PayloadFormat;
  readonly maxAttempts: number;
}

export interface AddedDelivery {
  readonly id: string;
  readonly endpointId: string;
}

@Injectable()
export class FanOutRepository {
  constructor(private readonly database: Database) {}

  subscribers({ standard, inAll }: OutboundType): Promise<Subscriber[]> {
    const wanted = inAll ? [standard, ALL_EVENTS] : [standard];
    return this.database.query<Subscriber>(
      `SELECT id AS "endpointId", payload_format AS format, max_attempts AS "maxAttempts"
       FROM webhook_endpoints WHERE status = 'active' AND events && $1::text[]`,
      [wanted],
    );
  }

  /** The event and a delivery for each subscriber. Those that have it already are left alone. */
  add(
    tenantId: string,
    event: OutboundEvent,
    bodies: Bodies,
    subscribers: readonly Subscriber[],
    isTest: boolean,
  ): Promise<AddedDelivery[]> {
    const { id, type } = event;
    return this.database.query<AddedDelivery>(
      `WITH event AS (
         INSERT INTO webhook_events (id, tenant_id, type, standard_body, n8n_body, flat_body)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, id) DO NOTHING)
       INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, payload_format,
         max_attempts, next_attempt_at, is_test)
       SELECT s.id, $2, s.endpoint_id, $1, $3, s.format, s.max_attempts, now(), $11
       FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::int[]) AS s(id, endpoint_id, format, max_attempts)
       ON CONFLICT (endpoint_id, event_id) DO NOTHING
       RETURNING id, endpoint_id AS "endpointId"`,
      [
        id,
        tenantId,
        type.standard,
        bodies.standard ?? null,
        bodies.n8n ?? null,
        bodies.flat ?? null,
        subscribers.map(() => newId()),
        subscribers.map(({ endpointId }) => endpointId),
        subscribers.map(({ format }) => format),
        subscribers.map(({ maxAttempts }) => maxAttempts),
        isTest,
      ],
    );
  }
}
