import {
  type EventDefinition,
  type EventEnvelope,
  type EventMeta,
  findCaller,
  impersonationOf,
  newId,
  parseAs,
  type ServiceName,
} from '@parley/contracts';
import type { Database } from '@parley/persistence';
import { activeTraceHeaders } from './tracing';

export interface Publication {
  /** Id of the aggregate the fact is about. Lock its row first: rows are published in insert order. */
  subject: string;
  /** The tenant the fact belongs to; the caller's by default. */
  tenantId?: string;
  /** The event that led to this one. */
  causationId?: string;
}

/** Events that commit together with the state they tell of. */
export class Outbox {
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly service: ServiceName,
    private readonly database: Database,
  ) {}

  /** Adds an event to the open transaction. It is published after the commit, at least once. */
  async add<Payload extends object>(
    event: EventDefinition<Payload>,
    payload: Payload,
    { subject, tenantId, causationId }: Publication,
  ): Promise<EventMeta> {
    parseAs(event.payload, payload);
    const caller = findCaller();
    const id = newId();
    const tenant = tenantId ?? caller?.tenantId;
    const trace = activeTraceHeaders();
    const meta: EventMeta = {
      id,
      source: this.service,
      type: event.type,
      time: new Date().toISOString(),
      subject,
      correlationId: caller?.requestId ?? id,
      ...(caller?.userId ? { actorId: caller.userId } : {}),
      ...impersonationOf(caller),
      ...(tenant ? { tenantId: tenant } : {}),
      ...(causationId ? { causationId } : {}),
      ...(trace.traceparent ? { traceparent: trace.traceparent } : {}),
    };
    await this.database.execute(
      `INSERT INTO outbox (event_id, type, subject, tenant_id, payload, headers)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, event.type, subject, tenant ?? null, JSON.stringify(payload), JSON.stringify(meta)],
    );
    this.database.afterCommit(() => this.kick());
    return meta;
  }

  onAdded(listener: () => void): void {
    this.listeners.push(listener);
  }

  private kick(): void {
    for (const listener of this.listeners) listener();
  }
}

export interface OutboxRow {
  id: string;
  subject: string;
  type: string;
  attempts: number;
  payload: unknown;
  headers: EventMeta;
}

export const toEnvelope = (row: OutboxRow): EventEnvelope => ({ meta: row.headers, payload: row.payload });
