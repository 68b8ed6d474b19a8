import { Injectable } from '@nestjs/common';
import type { DeliveryStatus, ListDeliveriesRequest, PayloadFormat } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface DeliveryRow {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly payloadFormat: PayloadFormat;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly responseStatus: number | null;
  readonly durationMs: number | null;
  readonly lastError: string | null;
  readonly nextAttemptAt: Date | null;
  readonly isTest: boolean;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

export interface AttemptRow {
  readonly number: number;
  readonly startedAt: Date;
  readonly requestHeaders: Record<string, string>;
  readonly responseStatus: number | null;
  readonly responseHeaders: Record<string, string> | null;
  readonly responseBody: string | null;
  readonly durationMs: number;
  readonly error: string | null;
}

export interface SentRow {
  readonly url: string;
  readonly endpointStatus: string;
  readonly body: string;
}

const COLUMNS = `d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event_type AS "eventType",
  d.payload_format AS "payloadFormat", d.status, d.attempts, d.max_attempts AS "maxAttempts",
  d.response_status AS "responseStatus", d.duration_ms AS "durationMs", d.last_error AS "lastError",
  d.next_attempt_at AS "nextAttemptAt", d.is_test AS "isTest", d.created_at AS "createdAt",
  d.delivered_at AS "deliveredAt"`;

const FILTERS = {
  status: 'd.status',
  endpointId: 'd.endpoint_id',
  eventType: 'd.event_type',
  isTest: 'd.is_test',
} as const;

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /** Newest first: ids rise with time. */
  list(filters: ListDeliveriesRequest, beforeId: string | undefined, limit: number): Promise<DeliveryRow[]> {
    const parameters: unknown[] = [limit];
    const conditions = ['true'];
    const where = (condition: string, value: unknown): void => {
      conditions.push(`${condition} $${parameters.push(value)}`);
    };
    for (const [field, column] of Object.entries(FILTERS)) {
      const value = filters[field as keyof typeof FILTERS];
      if (value !== undefined) where(`${column} =`, value);
    }
    if (beforeId !== undefined) where('d.id <', beforeId);
    return this.database.query(
      `SELECT ${COLUMNS} FROM webhook_deliveries d WHERE ${conditions.join(' AND ')} ORDER BY d.id DESC LIMIT $1`,
      parameters,
    );
  }

  async find(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query<DeliveryRow>(
      `SELECT ${COLUMNS} FROM webhook_deliveries d WHERE d.id = $1`,
      [id],
    );
    return row;
  }

  async lock(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query<DeliveryRow>(
      `SELECT ${COLUMNS} FROM webhook_deliveries d WHERE d.id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  /** What is sent, and where. */
  async findSent(id: string): Promise<SentRow | undefined> {
    const [row] = await this.database.query<SentRow>(
      `SELECT p.url, p.status AS "endpointStatus",
         CASE d.payload_format WHEN 'n8n' THEN e.n8n_body WHEN 'flat' THEN e.flat_body ELSE e.standard_body END AS body
       FROM webhook_deliveries d
       JOIN webhook_endpoints p ON p.id = d.endpoint_id
       JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
       WHERE d.id = $1`,
      [id],
    );
    return row;
  }

  attempts(deliveryId: string): Promise<AttemptRow[]> {
    return this.database.query(
      `SELECT number, started_at AS "startedAt", request_headers AS "requestHeaders",
         response_status AS "responseStatus", response_headers AS "responseHeaders",
         response_body AS "responseBody", duration_ms AS "durationMs", error
       FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number`,
      [deliveryId],
    );
  }

  /** Due at once, with at least one attempt left. */
  async makeDue(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query<DeliveryRow>(
      `UPDATE webhook_deliveries d SET status = 'pending', next_attempt_at = now(),
         max_attempts = greatest(d.max_attempts, d.attempts + 1)
       WHERE d.id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return row;
  }
}
