import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { CallObservation } from '../observations';
import { billedMinutes, type CallState } from './call-state';

/** A call under lock, in the open transaction. */
export interface StoredCall {
  readonly id: string;
  readonly provider: CallObservation['provider'];
  readonly providerCallId: string;
  state: CallState;
  version: number;
  /** Whether lines of a live transcript were kept. */
  hasLines: boolean;
  startedAnnounced: boolean;
  endedAnnounced: boolean;
}

const COLUMNS = `c.id, c.provider, c.provider_call_id AS "providerCallId", c.status, c.final, c.direction,
  c.from_number AS "from", c.to_number AS "to", c.ai_handled AS "aiHandled", c.agent_id AS "agentId",
  c.provider_agent_id AS "providerAgentId", c.started_at AS "startedAt", c.completed_at AS "endedAt",
  c.duration_seconds AS "durationSeconds", c.ended_reason AS "endedReason", c.outcome_type AS outcome,
  c.outcome_text AS "outcomeText", c.provider_cost_cents AS "providerCostCents", c.summary,
  c.structured_data AS "structuredData", c.language, c.recording_url AS "recordingUrl", c.known_by AS "knownBy",
  c.version, c.has_lines AS "hasLines", c.started_announced_at IS NOT NULL AS "startedAnnounced",
  c.ended_announced_at IS NOT NULL AS "endedAnnounced"`;

type CallRow = CallState & Omit<StoredCall, 'state'>;

@Injectable()
export class CallRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * Locks the call an observation is about and notes the observation on its timeline, once, in one round trip.
   * Nothing when the call is not known yet.
   */
  async lockAndNote(tenantId: string, observation: CallObservation): Promise<StoredCall | undefined> {
    const [row] = await this.database.query<CallRow>(
      `WITH c AS (
         SELECT * FROM calls WHERE tenant_id = $1 AND provider = $2 AND provider_call_id = $3 FOR NO KEY UPDATE),
       noted AS (${NOTE} FROM c ON CONFLICT (tenant_id, event_id) DO NOTHING)
       SELECT ${COLUMNS} FROM c`,
      noteParameters(tenantId, observation),
    );
    return row && toStoredCall(row);
  }

  /** Adds a call with its first observation. False when another worker was faster: its row is committed now. */
  async add(tenantId: string, observation: CallObservation, call: StoredCall): Promise<boolean> {
    const rows = await this.database.query(
      `WITH c AS (
         INSERT INTO calls (tenant_id, provider, provider_call_id, id, has_lines, started_announced_at,
           ended_announced_at, ${COLUMN_NAMES.join(', ')})
         VALUES ($1, $2, $3, $9, $10, ${announced(11)}, ${announced(12)},
           ${COLUMN_NAMES.map((_, n) => `$${n + 13}`).join(', ')})
         ON CONFLICT (tenant_id, provider, provider_call_id) DO NOTHING RETURNING id),
       noted AS (${NOTE} FROM c ON CONFLICT (tenant_id, event_id) DO NOTHING)
       SELECT id FROM c`,
      [
        ...noteParameters(tenantId, observation),
        call.id,
        call.hasLines,
        call.startedAnnounced,
        call.endedAnnounced,
        ...columnValues(call.state),
      ],
    );
    return rows.length > 0;
  }

  async save(call: StoredCall): Promise<void> {
    await this.database.execute(
      `UPDATE calls SET version = $2, has_lines = $3, updated_at = now(),
         started_announced_at = coalesce(started_announced_at, ${announced(4)}),
         ended_announced_at = coalesce(ended_announced_at, ${announced(5)}),
         ${COLUMN_NAMES.map((column, n) => `${column} = $${n + 6}`).join(', ')}
       WHERE id = $1`,
      [
        call.id,
        call.version,
        call.hasLines,
        call.startedAnnounced,
        call.endedAnnounced,
        ...columnValues(call.state),
      ],
    );
  }

  async lock(id: string): Promise<StoredCall | undefined> {
    const [row] = await this.database.query<CallRow>(
      `SELECT ${COLUMNS} FROM calls c WHERE c.id = $1 FOR NO KEY UPDATE`,
      [id],
    );
    return row && toStoredCall(row);
  }

  /** Whether the caller was told that the call cannot be taken. */
  async wasTurnedAway(tenantId: string, provider: string, providerCallId: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM call_starts WHERE tenant_id = $1 AND provider = $2 AND provider_call_id = $3 AND NOT admitted`,
      [tenantId, provider, providerCallId],
    );
    return rows.length > 0;
  }

  /** True when the recording was not known, or not this well. */
  async addRecording(
    tenantId: string,
    callId: string,
    { providerRecordingId, url, durationSeconds }: NonNullable<CallObservation['recording']>,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO call_recordings AS r
         (id, tenant_id, call_id, provider_recording_id, provider_url, duration_seconds)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, provider_recording_id) DO UPDATE SET duration_seconds = EXCLUDED.duration_seconds
         WHERE r.duration_seconds IS NULL AND EXCLUDED.duration_seconds IS NOT NULL
       RETURNING id`,
      [newId(), tenantId, callId, providerRecordingId, url, durationSeconds ?? null],
    );
    return rows.length > 0;
  }
}

const announced = (parameter: number): string => `CASE WHEN $${parameter}::boolean THEN now() END`;

/** Columns that hold the state, in the order of their parameters. */
const STATE_COLUMNS: Readonly<Record<string, (state: CallState) => unknown>> = {
  status: ({ status }) => status,
  final: ({ final }) => final,
  direction: ({ direction }) => direction,
  from_number: ({ from }) => from,
  to_number: ({ to }) => to,
  ai_handled: ({ aiHandled }) => aiHandled,
  agent_id: ({ agentId }) => agentId,
  provider_agent_id: ({ providerAgentId }) => providerAgentId,
  started_at: ({ startedAt }) => startedAt,
  completed_at: ({ endedAt }) => endedAt,
  duration_seconds: ({ durationSeconds }) => durationSeconds,
  billed_minutes: ({ durationSeconds }) => billedMinutes(durationSeconds),
  ended_reason: ({ endedReason }) => endedReason,
  outcome_type: ({ outcome }) => outcome,
  outcome_text: ({ outcomeText }) => outcomeText,
  provider_cost_cents: ({ providerCostCents }) => providerCostCents,
  summary: ({ summary }) => summary,
  structured_data: ({ structuredData }) => structuredData && JSON.stringify(structuredData),
  language: ({ language }) => language,
  recording_url: ({ recordingUrl }) => recordingUrl,
  known_by: ({ knownBy }) => JSON.stringify(knownBy),
};

const COLUMN_NAMES = Object.keys(STATE_COLUMNS);

const columnValues = (state: CallState): unknown[] =>
  Object.values(STATE_COLUMNS).map((valueOf) => valueOf(state));

/** Notes an observation on the timeline of the call named `c`. */
const NOTE = `INSERT INTO call_events (id, tenant_id, call_id, event_id, event_type, occurred_at, payload)
  SELECT $4::uuid, $1::uuid, c.id, $5, $6, $7::timestamptz, $8::jsonb`;

function noteParameters(tenantId: string, observation: CallObservation): unknown[] {
  const { provider, providerCallId, eventId, eventType, occurredAt, details = {} } = observation;
  return [
    tenantId,
    provider,
    providerCallId,
    newId(),
    eventId,
    eventType,
    occurredAt,
    JSON.stringify(details),
  ];
}

function toStoredCall(row: CallRow): StoredCall {
  const { id, provider, providerCallId, version, hasLines, startedAnnounced, endedAnnounced, ...state } = row;
  return { id, provider, providerCallId, version, hasLines, startedAnnounced, endedAnnounced, state };
}
