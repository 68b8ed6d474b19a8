import { Inject, Injectable } from '@nestjs/common';
import {
  type Call,
  type CallDetail,
  type CallPage,
  type CallRecording,
  type CallTimelineEvent,
  type CallTranscript,
  currentCaller,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type ListCallsRequest,
  normalizePhone,
  readAfter,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CallNotFound } from './call.errors';
import { isTerminal } from './call-state';
import { assembledLines } from './transcript.repository';

type Instants = 'startedAt' | 'endedAt' | 'createdAt' | 'updatedAt';
type CallRow = Omit<Call, Instants> & {
  startedAt: Date;
  endedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};
type DetailRow = CallRow & { providerCostCents: number | null };
type RecordingRow = Omit<CallRecording, 'createdAt'> & { createdAt: Date };
type EventRow = Omit<CallTimelineEvent, 'occurredAt'> & { occurredAt: Date };

const COLUMNS = `c.id, c.provider, c.provider_call_id AS "providerCallId", c.direction, c.from_number AS "from",
  c.to_number AS "to", c.status, c.ai_handled AS "aiHandled", c.outcome_type AS outcome,
  c.outcome_text AS "outcomeText", c.ended_reason AS "endedReason", c.duration_seconds AS "durationSeconds",
  c.billed_minutes AS "billedMinutes", c.summary, c.structured_data AS "structuredData", c.language,
  c.agent_id AS "agentId", c.provider_agent_id AS "providerAgentId", c.recording_url AS "recordingUrl",
  c.started_at AS "startedAt", c.completed_at AS "endedAt", c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.version`;

const TIMELINE_LIMIT = 500;

/** Questions about calls. */
@Injectable()
export class CallReadModel {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** One query along an index of (tenant, filter, newest first). */
  async list(request: ListCallsRequest): Promise<CallPage> {
    const size = request.limit ?? DEFAULT_PAGE_SIZE;
    const { sql, parameters } = pageQuery(request, currentCaller().tenantId, size + 1);
    const read = () => this.database.query<CallRow>(sql, parameters);
    // Row security would keep the full-text index out of use: its operator may see no row before the policy. So
    // searches run without the policy, on the explicit tenant that every part of the query names.
    const rows = await (request.q
      ? this.database.system('search transcripts', read)
      : this.database.tenant(read));
    return toPage(rows, size, toCall, (row) => cursorOf(row.startedAt, row.id));
  }

  async get(id: string): Promise<CallDetail> {
    return this.database.tenant(async () => {
      const { providerCostCents, ...row } = await this.getRow(id);
      const showsCost = currentCaller().roles.some((role) => role === 'owner' || role === 'admin');
      return {
        ...toCall(row),
        ...(showsCost ? { providerCostCents } : {}),
        transcript: await this.findTranscript(row),
        recordings: await this.recordingsOf(id),
        events: await this.timelineOf(id),
      };
    });
  }

  /** Empty when nothing was said. */
  async getTranscript(id: string): Promise<CallTranscript> {
    return this.database.tenant(async () => {
      const call = await this.getRow(id);
      const nothingSaid = { callId: id, content: '', segments: [], language: call.language };
      return (await this.findTranscript(call)) ?? { ...nothingSaid, complete: isTerminal(call.status) };
    });
  }

  private async getRow(id: string): Promise<DetailRow> {
    const [row] = await this.database.query<DetailRow>(
      `SELECT ${COLUMNS}, c.provider_cost_cents AS "providerCostCents" FROM calls c WHERE c.id = $1`,
      [id],
    );
    if (!row) throw new CallNotFound();
    return row;
  }

  private async findTranscript({ id, status, language, startedAt }: CallRow): Promise<CallTranscript | null> {
    type Spoken = Pick<CallTranscript, 'content' | 'segments'>;
    const [whole] = await this.database.query<Spoken>(
      'SELECT content, speaker_segments AS segments FROM call_transcripts WHERE call_id = $1',
      [id],
    );
    if (whole) return { callId: id, ...whole, language, complete: true };
    const [soFar] = await this.database.query<Spoken>(assembledLines('$2::timestamptz'), [id, startedAt]);
    return soFar ? { callId: id, ...soFar, language, complete: isTerminal(status) } : null;
  }

  private async recordingsOf(callId: string): Promise<CallRecording[]> {
    const rows = await this.database.query<RecordingRow>(
      `SELECT id, provider_recording_id AS "providerRecordingId", provider_url AS url,
         duration_seconds AS "durationSeconds", created_at AS "createdAt"
       FROM call_recordings WHERE call_id = $1 ORDER BY created_at, id`,
      [callId],
    );
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  }

  private async timelineOf(callId: string): Promise<CallTimelineEvent[]> {
    const rows = await this.database.query<EventRow>(
      `SELECT event_id AS "eventId", event_type AS type, occurred_at AS "occurredAt", payload AS details
       FROM call_events WHERE call_id = $1 ORDER BY occurred_at, id LIMIT ${TIMELINE_LIMIT}`,
      [callId],
    );
    return rows.map((row) => ({ ...row, occurredAt: row.occurredAt.toISOString() }));
  }
}

function pageQuery(
  request: ListCallsRequest,
  tenantId: string | undefined,
  rows: number,
): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [tenantId];
  const conditions = ['c.tenant_id = $1'];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value !== undefined) conditions.push(condition(`$${parameters.push(value)}`));
  };
  where((status) => `c.status = ${status}`, request.status);
  where((direction) => `c.direction = ${direction}`, request.direction);
  where((outcome) => `c.outcome_type = ${outcome}`, request.outcome);
  where((provider) => `c.provider = ${provider}`, request.provider);
  where((from) => `c.from_number = ${from}`, asStored(request.from));
  where((to) => `c.to_number = ${to}`, asStored(request.to));
  where((agent) => `c.agent_id = ${agent}`, request.agentId);
  where((agent) => `c.provider_agent_id = ${agent}`, request.providerAgentId);
  where((handled) => `c.ai_handled = ${handled}`, request.aiHandled);
  where((start) => `c.started_at >= ${start}::timestamptz`, request.startedAfter);
  where((end) => `c.started_at < ${end}::timestamptz`, request.startedBefore);
  where(
    (words) => `c.id IN (SELECT t.call_id FROM call_transcripts t
      WHERE t.tenant_id = $1 AND t.words @@ websearch_to_tsquery('simple', ${words}))`,
    request.q && unaccented(request.q),
  );
  if (request.cursor) {
    const after = readAfter(request.cursor);
    const [at, id] = [parameters.push(after.at), parameters.push(after.id)];
    conditions.push(`(c.started_at, c.id) < ($${at}::timestamptz, $${id}::uuid)`);
  }
  const limit = `$${parameters.push(rows)}`;
  const sql = `SELECT ${COLUMNS} FROM calls c WHERE ${conditions.join(' AND ')}
    ORDER BY c.started_at DESC, c.id DESC LIMIT ${limit}`;
  return { sql, parameters };
}

const asStored = (party: string | undefined): string | undefined => party && (normalizePhone(party) ?? party);

/** As `transcript_words` in the database sees it. */
const unaccented = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'");

function toCall({ startedAt, endedAt, createdAt, updatedAt, ...row }: CallRow): Call {
  return {
    ...row,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
