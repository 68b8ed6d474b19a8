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
  /** The tenant the fact belongs to; the caller's by default, null for nobody's. */
  tenantId?: string | null;
  /** The event that led to this one. */
  causationId?: string;
}

/** Columns of an event that waits to be published. */
export interface OutboxDraft {
  readonly event_id: string;
  readonly type: string;
  readonly subject: string;
  readonly tenant_id: string | null;
  readonly payload: object;
  readonly headers: EventMeta;
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
    publication: Publication,
  ): Promise<EventMeta> {
    const row = this.draft(event, payload, publication);
    await this.database.prepared(
      'outbox-add',
      `INSERT INTO outbox (event_id, type, subject, tenant_id, payload, headers)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        row.event_id,
        row.type,
        row.subject,
        row.tenant_id,
        JSON.stringify(row.payload),
        JSON.stringify(row.headers),
      ],
    );
    this.kickAfterCommit();
    return row.headers;
  }

  /**
   * An event as a row of `outbox`, for whoever stores it with other rows in one statement and then calls
   * `kickAfterCommit`.
   */
  draft<Payload extends object>(
    event: EventDefinition<Payload>,
    payload: Payload,
    { subject, tenantId, causationId }: Publication,
  ): OutboxDraft {
    parseAs(event.payload, payload);
    const caller = findCaller();
    const id = newId();
    const tenant = tenantId === undefined ? caller?.tenantId : tenantId;
    const trace = activeTraceHeaders();
    const headers: EventMeta = {
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
    return { event_id: id, type: event.type, subject, tenant_id: tenant ?? null, payload, headers };
  }

  kickAfterCommit(): void {
    this.database.afterCommit(() => this.kick());
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
