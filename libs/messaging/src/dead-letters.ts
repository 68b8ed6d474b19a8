import {
  currentCaller,
  type DeadLetter,
  type DeadLetterIdRequest,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  type EventEnvelope,
  type EventMeta,
  type ListDeadLettersRequest,
  newId,
  NotFound,
  Conflict,
  type Page,
  type ReplayDeadLetterRequest,
  type ServiceName,
  toPage,
} from '@parley/contracts';
import type { Database } from '@parley/persistence';
import type { ActRecorder } from './act-recorder';

interface DeadLetterRow {
  id: string;
  handler: string;
  type: string;
  event_id: string;
  tenant_id: string | null;
  payload: Record<string, unknown>;
  headers: EventMeta;
  reason: string;
  attempts: number;
  status: DeadLetter['status'];
  created_at: Date;
  handled_at: Date | null;
}

/** Messages a service gave up on: kept with their reason, editable, replayable. */
export class DeadLetters {
  constructor(
    private readonly service: ServiceName,
    private readonly database: Database,
    private readonly acts: ActRecorder,
  ) {}

  async add(envelope: EventEnvelope, reason: string, attempts: number): Promise<void> {
    const { meta, payload } = envelope;
    await this.database.system('keep a dead letter', () =>
      this.database.execute(
        `INSERT INTO dead_letters (id, handler, type, event_id, tenant_id, payload, headers, reason, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (handler, event_id) DO UPDATE
           SET reason = excluded.reason, attempts = excluded.attempts, status = 'open', handled_at = NULL`,
        [
          newId(),
          this.service,
          meta.type,
          meta.id,
          meta.tenantId ?? null,
          JSON.stringify(payload),
          JSON.stringify(meta),
          reason.slice(0, 4000),
          attempts,
        ],
      ),
    );
  }

  async list(request: ListDeadLettersRequest): Promise<Page<DeadLetter>> {
    const limit = request.limit ?? DEFAULT_PAGE_SIZE;
    const before = request.cursor ? decodeCursor(request.cursor, 1)[0] : null;
    const rows = await this.database.system('list dead letters', () =>
      this.database.query<DeadLetterRow>(
        `SELECT * FROM dead_letters WHERE status = $1 AND ($2::uuid IS NULL OR id < $2::uuid)
         ORDER BY id DESC LIMIT $3`,
        [request.status ?? 'open', before, limit + 1],
      ),
    );
    return toPage(
      rows,
      limit,
      (row) => this.toDeadLetter(row),
      (row) => [row.id],
    );
  }

  /** Runs the handlers again, now. A failure leaves the letter open and is told to the person. */
  async replay(
    { id, payload }: ReplayDeadLetterRequest,
    run: (envelope: EventEnvelope) => Promise<void>,
  ): Promise<DeadLetter> {
    const row = await this.open(id);
    await run({ meta: row.headers, payload: payload ?? row.payload });
    return this.close(id, 'replayed', payload);
  }

  async discard({ id }: DeadLetterIdRequest): Promise<DeadLetter> {
    await this.open(id);
    return this.close(id, 'discarded');
  }

  private async open(id: string): Promise<DeadLetterRow> {
    const [row] = await this.database.system('read a dead letter', () =>
      this.database.query<DeadLetterRow>('SELECT * FROM dead_letters WHERE id = $1', [id]),
    );
    if (!row) throw new NotFound(`No dead letter ${id}`);
    if (row.status !== 'open') throw new Conflict(`The dead letter was ${row.status} already`);
    return row;
  }

  /** Of a corrected payload the names of its fields are told: its values may be personal. */
  private async close(
    id: string,
    status: 'replayed' | 'discarded',
    corrected?: Record<string, unknown>,
  ): Promise<DeadLetter> {
    return this.database.system('close a dead letter', async () => {
      const [row] = await this.database.query<DeadLetterRow>(
        `UPDATE dead_letters SET status = $2, handled_at = now(), handled_by = $3 WHERE id = $1 RETURNING *`,
        [id, status, currentCaller().userId ?? null],
      );
      if (!row) throw new NotFound(`No dead letter ${id}`);
      await this.acts.record({
        action: status === 'replayed' ? 'dead-letter.requeued' : 'dead-letter.discarded',
        resourceType: 'dead-letter',
        resourceId: id,
        tenantId: row.tenant_id,
        after: {
          service: this.service,
          type: row.type,
          ...(corrected ? { correctedFields: changedFields(row.payload, corrected) } : {}),
        },
      });
      return this.toDeadLetter(row);
    });
  }

  private toDeadLetter(row: DeadLetterRow): DeadLetter {
    return {
      id: row.id,
      service: this.service,
      handler: row.handler,
      type: row.type,
      eventId: row.event_id,
      tenantId: row.tenant_id,
      payload: row.payload,
      reason: row.reason,
      attempts: row.attempts,
      status: row.status,
      createdAt: row.created_at.toISOString(),
      handledAt: row.handled_at?.toISOString() ?? null,
    };
  }
}

const changedFields = (before: Record<string, unknown>, after: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
