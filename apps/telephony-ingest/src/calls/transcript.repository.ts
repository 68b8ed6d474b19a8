import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { CallObservation } from '../observations';
import type { CallState } from './call-state';

/** The lines of call `$1` as one text and as segments, in the order spoken. `start` is SQL for its beginning. */
export const assembledLines = (start: string): string => `SELECT
    string_agg(CASE l.speaker WHEN 'agent' THEN 'AI: ' ELSE 'User: ' END || l.text, E'\\n'
      ORDER BY l.spoken_at, l.line_id) AS content,
    jsonb_agg(jsonb_build_object('speaker', l.speaker, 'text', l.text, 'offsetMs',
      greatest(0, round(extract(epoch FROM l.spoken_at - ${start}) * 1000)::int))
      ORDER BY l.spoken_at, l.line_id) AS segments
  FROM call_transcript_lines l
  WHERE l.call_id = $1 HAVING count(*) > 0`;

/** What was said: line by line while a call is alive, as a whole after it. */
@Injectable()
export class TranscriptRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** A full transcript replaces whatever was gathered. False when it is the one kept already. */
  async keep(
    tenantId: string,
    callId: string,
    { content, segments }: NonNullable<CallObservation['transcript']>,
    language: string | null,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `WITH lines AS (DELETE FROM call_transcript_lines WHERE call_id = $3)
       INSERT INTO call_transcripts (id, tenant_id, call_id, content, speaker_segments, language)
       VALUES ($1, $2, $3, $4, $5, $6) ${REPLACE} RETURNING id`,
      [newId(), tenantId, callId, content, JSON.stringify(segments), language],
    );
    return rows.length > 0;
  }

  /** False when the line is known. */
  async addLine(
    tenantId: string,
    callId: string,
    { lineId, speaker, text }: NonNullable<CallObservation['transcriptLine']>,
    spokenAt: Date,
  ): Promise<boolean> {
    const added = await this.database.execute(
      `INSERT INTO call_transcript_lines (tenant_id, call_id, line_id, speaker, text, spoken_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (call_id, line_id) DO NOTHING`,
      [tenantId, callId, lineId, speaker, text, spokenAt],
    );
    return added > 0;
  }

  /** Makes the lines of an ended call its transcript; again when a line comes in late. */
  async assemble(
    tenantId: string,
    callId: string,
    { startedAt, language }: Pick<CallState, 'startedAt' | 'language'>,
  ): Promise<void> {
    await this.database.execute(
      `INSERT INTO call_transcripts (id, tenant_id, call_id, content, speaker_segments, language)
       SELECT $2::uuid, $3::uuid, $1::uuid, content, segments, $4::text
       FROM (${assembledLines('$5::timestamptz')}) AS spoken ${REPLACE}`,
      [callId, newId(), tenantId, language, startedAt],
    );
  }

  async findContent(callId: string): Promise<string | null> {
    const [row] = await this.database.query<{ content: string }>(
      'SELECT content FROM call_transcripts WHERE call_id = $1',
      [callId],
    );
    return row?.content ?? null;
  }
}

const REPLACE = `ON CONFLICT (call_id) DO UPDATE SET content = EXCLUDED.content,
  speaker_segments = EXCLUDED.speaker_segments, language = EXCLUDED.language, updated_at = now()
  WHERE (call_transcripts.content, call_transcripts.speaker_segments, call_transcripts.language)
    IS DISTINCT FROM (EXCLUDED.content, EXCLUDED.speaker_segments, EXCLUDED.language)`;
